import { defineControl } from '../../control';
import { EXAMPLE_IMAGE, examplePod, podWithInitContainer, podWithVolume } from '../../example-pod';
import { POD_KINDS } from '../../kinds';
import { ofEachImage } from '../each-image';

export default defineControl({
  id: 'image-tag',
  area: 'image',
  title: 'No image is whatever is newest',
  rationale: 'Without a tag, or with the tag latest, each start of a pod may run something else.',
  severity: 'medium',
  remediation: 'Name the version of the image, and its digest.',
  mappings: { recommendations: ['POD-3', 'UPG-1'], cis: ['5.5.1'], attack: ['T1525'] },
  kinds: POD_KINDS,
  validations: ofEachImage(
    (image) =>
      `${image}.contains("@sha256:") || (${image}.matches(":[A-Za-z0-9_][A-Za-z0-9_.-]*$") && !${image}.endsWith(":latest"))`,
    'has no tag, or the tag latest.',
  ),
  examples: {
    good: [
      examplePod(),
      examplePod({}, { image: `registry.example/app@sha256:${'0'.repeat(64)}` }),
      podWithVolume({ image: { reference: EXAMPLE_IMAGE } }),
    ],
    bad: [
      examplePod({}, { image: 'registry.example/app:latest' }),
      examplePod({}, { image: 'registry.example:5000/app' }),
      podWithInitContainer({ image: 'registry.example/init' }),
      podWithVolume({ image: { reference: 'registry.example/data:latest' } }),
    ],
  },
});
