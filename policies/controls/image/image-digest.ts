import { defineControl } from '../../control';
import { CONTAINERS } from '../../elements';
import { examplePod, podWithInitContainer } from '../../example-pod';
import { POD_KINDS } from '../../kinds';
import { valueOr } from '../fields';

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
  validations: [
    {
      forEach: CONTAINERS,
      expression: `${valueOr('container.image', '""')}.matches("@sha256:[0-9a-f]{64}$")`,
      path: 'image',
      message: 'The image is not pinned by a SHA-256 digest.',
    },
  ],
  examples: {
    good: [examplePod()],
    bad: [
      examplePod({}, { image: 'registry.example/app:1' }),
      examplePod({}, { image: 'registry.example/app:1@sha256:0123' }),
      podWithInitContainer({ image: 'registry.example/init:1' }),
    ],
  },
});
