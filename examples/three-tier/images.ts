/** Images of the example, by digest. They exist nowhere: give your own before you run it. */
const image = (name: string, digit: string): string =>
  `registry.example/shop/${name}@sha256:${digit.repeat(64)}`;

export const IMAGES = { web: image('web', '1'), api: image('api', '2'), database: image('database', '3') };
