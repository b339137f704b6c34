import { defineControl } from '../../control';
import { KINDS } from '../../kinds';
import { EXAMPLE_TOKEN, holdsNoCredential, namesCredential, SWITCHES } from '../credentials';

const configMap = (data: Readonly<Record<string, string>>) => ({
  apiVersion: 'v1',
  kind: 'ConfigMap',
  metadata: { name: 'settings', namespace: 'shop' },
  data,
});

export default defineControl({
  id: 'credential-in-config-map',
  area: 'secrets',
  title: 'No ConfigMap holds a credential',
  rationale: 'ConfigMaps are not encrypted at rest, and many may read them who may not read Secrets.',
  severity: 'high',
  remediation: 'Put the value into a Secret.',
  mappings: { recommendations: ['NET-6'], cis: [], attack: ['T1552.001', 'T1552.007'] },
  kinds: [KINDS.configMap],
  validations: [
    {
      expression: `(!has(object.data) || object.data.all(key, !${namesCredential('key')} || object.data[key] in ${SWITCHES})) && (!has(object.binaryData) || object.binaryData.all(key, !${namesCredential('key')}))`,
      path: 'data',
      message: 'A key that is called like a credential has a value.',
    },
    {
      expression: `!has(object.data) || object.data.all(key, ${holdsNoCredential('object.data[key]')})`,
      path: 'data',
      message: 'A value holds a private key or a token.',
    },
  ],
  examples: {
    good: [
      configMap({
        'app.properties': 'password.file=/run/secrets/password',
        TOKEN_URL: 'https://login.example',
      }),
      configMap({ 'ca.crt': '-----BEGIN CERTIFICATE-----', allow_token: 'true' }),
      { ...configMap({}), binaryData: { 'monkey.png': 'ZXhhbXBsZQ==' } },
      { apiVersion: 'v1', kind: 'ConfigMap', metadata: { name: 'empty' } },
    ],
    bad: [
      configMap({ 'database.password': 'example' }),
      { ...configMap({}), binaryData: { API_KEY: 'ZXhhbXBsZQ==' } },
      configMap({ 'deploy.sh': `curl -H 'Authorization: ${EXAMPLE_TOKEN}'` }),
      configMap({ 'tls.pem': ['-----BEGIN', 'PRIVATE KEY-----'].join(' ') }),
    ],
  },
});
