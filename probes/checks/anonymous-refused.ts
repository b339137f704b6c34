import { defineProbe, resultOf, type Attempt } from '../probe';

const HEALTH_PATHS = ['/livez', '/readyz', '/healthz'];
const OTHER_PATHS = [
  '/api',
  '/apis',
  '/version',
  '/metrics',
  '/openapi/v2',
  '/api/v1/namespaces/default/secrets',
];

export default defineProbe({
  id: 'anonymous-refused',
  recommendations: ['AUTH-1'],
  claim: 'Without credentials only the three health paths answer.',
  open: 'the built-in binding system:public-info-viewer still names system:unauthenticated',
  run: async ({ client }) => {
    const anonymous = client.anonymous();
    const attempts: Attempt[] = [];
    try {
      for (const path of [...HEALTH_PATHS, ...OTHER_PATHS]) {
        const { status } = await anonymous.send({ path });
        const ok = HEALTH_PATHS.includes(path) ? status === 200 : status === 401;
        attempts.push({ attempt: `GET ${path} without credentials`, seen: `HTTP ${status}`, ok });
      }
    } finally {
      anonymous.close();
    }
    return resultOf(attempts);
  },
});
