import { defineControl, parameter } from '../../control';
import { EXAMPLE_IMAGE, exampleContainer, examplePod, podWithVolume } from '../../example-pod';
import { POD_KINDS } from '../../kinds';
import { ofEachImage } from '../each-image';

const DIGEST = `@sha256:${'0'.repeat(64)}`;

export default defineControl({
  id: 'image-registry',
  area: 'image',
  title: 'Images come from a registry that is named, and allowed',
  rationale:
    'An image without a registry comes from wherever the node looks first, and any registry has images that steal.',
  severity: 'medium',
  remediation: 'Write the image with its registry, one of those that are allowed.',
  mappings: { recommendations: ['POD-3'], cis: ['5.5.1'], attack: ['T1204.003', 'T1525'] },
  kinds: POD_KINDS,
  parameters: {
    registries: parameter(
      'The registries allowed, for example registry.example or registry.example/team; empty for any.',
      (z) => z.array(z.string().min(1)),
      [],
    ),
  },
  validations: ofEachImage(
    (image) =>
      `${image}.matches("^(localhost|[^/]+[.:][^/]+)/") && (size(variables.registries) == 0 || variables.registries.exists(r, ${image}.startsWith(r + "/")))`,
    'names no registry, or one that is not allowed.',
  ),
  examples: {
    good: [
      examplePod(),
      examplePod({}, { image: `localhost:5000/app${DIGEST}` }),
      podWithVolume({ image: { reference: EXAMPLE_IMAGE } }),
    ],
    bad: [
      examplePod({}, { image: `app${DIGEST}` }),
      examplePod({ initContainers: [exampleContainer({ name: 'init', image: `team/app:1${DIGEST}` })] }),
      podWithVolume({ image: { reference: `team/data:1${DIGEST}` } }),
    ],
  },
});
