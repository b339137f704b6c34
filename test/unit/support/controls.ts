import { POD_KINDS, type Control } from '../../../policies';

/** A control that says nothing but what the test is about. */
export function controlWith(control: Partial<Control>): Control {
  return {
    id: 'example',
    title: 'An example',
    rationale: 'For a test.',
    severity: 'low',
    remediation: 'Put it right.',
    area: 'workload',
    mappings: { recommendations: ['POD-1'], cis: [], attack: [] },
    kinds: POD_KINDS,
    validations: [],
    examples: { good: [], bad: [] },
    ...control,
  };
}
