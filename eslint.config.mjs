import tseslint from 'typescript-eslint';

/**
 * The rooms of the house, lowest first. A room imports only from the rooms before it; rooms that share a row do not
 * know each other. `docs/architecture.md` tells why.
 */
const FLOORS = [
  ['model'],
  ['constructs'],
  ['reachability'],
  ['authorization'],
  ['policies'],
  ['pki', 'toolchain'],
  ['local', 'provider', 'probes', 'images'],
  ['stacks'],
  ['report'],
  ['cli'],
];

/** Rooms without I/O, clock and Pulumi. */
const PURE_ROOMS = ['model', 'constructs', 'reachability', 'authorization'];

const CDK8S_PLUS_ADAPTER = 'constructs/cdk8s-plus.ts';

/** What a room may not import: its own floor's neighbours and every floor above. */
function outOfReach(room, floor) {
  return FLOORS.slice(floor)
    .flat()
    .filter((other) => other !== room)
    .map((other) => ({
      // A room is what a path comes to after all its steps up: a file inside of a room may be called as another.
      regex: `^(\\.\\./)+${other}(/|$)`,
      message: `${room}/ must not import ${other}/: imports go down the house only (docs/architecture.md).`,
    }));
}

const PURE = {
  group: [
    '@pulumi/*',
    'fs',
    'node:fs',
    'node:fs/*',
    'child_process',
    'node:child_process',
    'node:net',
    'node:http*',
  ],
  message: `${PURE_ROOMS.map((room) => `${room}/`).join(', ')} are pure: no I/O and no Pulumi.`,
};

const roomRules = FLOORS.flatMap((rooms, floor) =>
  rooms.map((room) => ({
    files: [`${room}/**/*.ts`],
    rules: {
      '@typescript-eslint/no-restricted-imports': [
        'error',
        {
          patterns: [
            ...outOfReach(room, floor),
            ...(PURE_ROOMS.includes(room) ? [PURE] : []),
            { group: ['cdk8s-plus-27'], message: `Only ${CDK8S_PLUS_ADAPTER} imports cdk8s-plus-27.` },
          ],
        },
      ],
    },
  })),
);

export default tseslint.config(
  { ignores: ['node_modules', 'lib', 'dist', '.keelson', 'coverage', 'toolchain/modules', 'templates'] },
  ...tseslint.configs.recommended,
  {
    rules: {
      '@typescript-eslint/consistent-type-imports': 'error',
      '@typescript-eslint/no-explicit-any': 'error',
      eqeqeq: ['error', 'always', { null: 'ignore' }],
      'no-restricted-globals': ['off'],
    },
  },
  ...roomRules,
  {
    files: PURE_ROOMS.map((room) => `${room}/**/*.ts`),
    rules: {
      'no-restricted-syntax': [
        'error',
        {
          selector: "NewExpression[callee.name='Date'][arguments.length=0]",
          message: 'No clock here: today is an input.',
        },
        {
          selector: "CallExpression[callee.object.name='Date'][callee.property.name='now']",
          message: 'No clock here: today is an input.',
        },
        {
          selector: "CallExpression[callee.object.name='Math'][callee.property.name='random']",
          message: 'No randomness here.',
        },
      ],
    },
  },
  { files: [CDK8S_PLUS_ADAPTER], rules: { '@typescript-eslint/no-restricted-imports': 'off' } },
);
