import { defineControl } from '../../control';
import { EXAMPLE_IMAGE, examplePod, podWithInitContainer, podWithVolume } from '../../example-pod';
import { POD_KINDS } from '../../kinds';
import { ofEachImage } from '../each-image';

export default defineControl({
  id: 'image-digest',
  area: 'image',
  title: 'Images are pinned by digest',
  rationale:
    'A tag can be moved to another image after it was scanned and reviewed; a digest names its content.',
  severity: 'high',
  remediation: 'Write registry/name:tag@sha256:… with the digest of the image that was reviewed.',
  mappings: { recommendations: ['POD-3'], cis: ['5.5.1'], attack: ['T1525', 'T1204.003'] },
  kinds: POD_KINDS,
  validations: ofEachImage(
    (image) => `${image}.matches("@sha256:[0-9a-f]{64}$")`,
    'is not pinned by a SHA-256 digest.',
  ),
  examples: {
    good: [examplePod(), podWithVolume({ image: { reference: EXAMPLE_IMAGE } })],
    bad: [
      examplePod({}, { image: 'registry.example/app:1' }),
      examplePod({}, { image: 'registry.example/app:1@sha256:0123' }),
      podWithInitContainer({ image: 'registry.example/init:1' }),
      podWithVolume({ image: { reference: 'registry.example/data:1' } }),
    ],
  },
});
