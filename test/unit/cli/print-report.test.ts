import { Writable } from 'node:stream';
import { write } from '../../../cli/print-report';

/** A stream whose every write ends with this error. */
function failing(code: string): Writable {
  return new Writable({ write: (_chunk, _encoding, done) => done(Object.assign(new Error(code), { code })) });
}

test('a reader that has seen enough is no failure', async () => {
  const stream = failing('EPIPE');
  await expect(write(stream, 'text')).resolves.toBeUndefined();
  await new Promise((done) => setImmediate(done)); // the event comes after the callback
});

test('a full disk is one', async () => {
  await expect(write(failing('ENOSPC'), 'text')).rejects.toThrow('ENOSPC');
});

test('what was written leaves no listener behind', async () => {
  const stream = new Writable({ write: (_chunk, _encoding, done) => done() });
  for (let i = 0; i < 20; i++) await write(stream, 'text');
  expect(stream.listenerCount('error')).toBe(0);
});
