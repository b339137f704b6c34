import { spawnSync } from 'node:child_process';
import * as fc from 'fast-check';
import { quoted } from '../../../../provider/ssh/quote';

/** The words that the shell of this machine reads. */
function read(texts: readonly string[]): readonly string[] {
  const { stdout } = spawnSync('/bin/sh', ['-c', `printf '%s\\0' ${texts.map(quoted).join(' ')}`], {
    encoding: 'utf8',
  });
  return stdout.split('\0').slice(0, -1);
}

// No process can be given a zero byte, and half a character is none.
const text = fc
  .oneof(
    fc.string({ unit: 'grapheme' }),
    fc.string({ unit: fc.constantFrom("'", '"', '\\', '$', '`', '\n', ' ', '*', '~', '#', '!', '-', 'a') }),
  )
  .filter((value) => !value.includes('\0'));

test('the shell reads each text as the one word that it is', () => {
  fc.assert(
    fc.property(fc.array(text, { minLength: 1, maxLength: 40 }), (texts) => {
      expect(read(texts)).toEqual(texts);
    }),
    { numRuns: 60 },
  );
});

test('nothing in it runs', () => {
  expect(read(['$(echo run)', '`echo run`', "'; echo run; '", '${HOME}', '~', '*'])).toEqual([
    '$(echo run)',
    '`echo run`',
    "'; echo run; '",
    '${HOME}',
    '~',
    '*',
  ]);
});
