import { rewriteAll, type ApiRequest, type ApiResponse } from '../../../../probes';

test('big objects are listed by their metadata alone: a page of them would be more than an answer may hold', async () => {
  const asked: ApiRequest[] = [];
  const object = { metadata: { name: 'big', namespace: 'a', resourceVersion: '7' }, data: { value: 'x' } };
  const send = (call: ApiRequest): Promise<ApiResponse> => {
    asked.push(call);
    const body = call.path.includes('?') ? { items: [{ metadata: object.metadata }] } : object;
    return Promise.resolve({ status: 200, body: '', warnings: [], json: <T>() => body as T });
  };
  expect(await rewriteAll({ send }, '/api/v1/secrets')).toBe(1);
  const [list, read, write] = asked;
  expect(list?.headers?.['accept']).toBe('application/json;as=PartialObjectMetadataList;v=v1;g=meta.k8s.io');
  // What is written is what was read, its version with it: somebody else's change in between is a conflict.
  expect(read).toEqual({ path: '/api/v1/namespaces/a/secrets/big' });
  expect(write).toEqual({ method: 'PUT', path: '/api/v1/namespaces/a/secrets/big', body: object });
});
