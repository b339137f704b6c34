import { releaseOf, supportOf } from '../../model';
import { defineProbe, resultOf } from '../probe';

export default defineProbe({
  id: 'release-supported',
  recommendations: ['UPG-1'],
  claim: 'The API server runs a release of Kubernetes that gets fixes.',
  open: 'that it is the latest patch of its release is not looked at, and no upgrade is tried',
  run: async ({ client }) => {
    const answer = await client.send({ path: '/version' });
    const { gitVersion = '' } = answer.json<{ gitVersion?: string }>() ?? {};
    const minor = /^v(1\.\d+)\./.exec(gitVersion)?.[1] ?? '';
    const support = supportOf(minor, new Date());
    const end = releaseOf(minor)?.endOfLife;
    return resultOf([
      {
        attempt: 'ask for its version',
        seen:
          end === undefined
            ? `${gitVersion || answer.status}, a release that is not known`
            : `${gitVersion}, which gets fixes until ${end}`,
        ok: support === 'supported' || support === 'ending',
      },
    ]);
  },
});
