import type { Control } from '../../../policies';

/** A control that says nothing but what the test is about. */
export function controlWith(control: Partial<Control>): Control {
  return {
    id: 'example',
    title: 'An example',
    rationale: 'For a test.',
    severity: 'low',
    remediation: 'Put it right.',
    recommendations: ['POD-1'],
    cis: [],
    validations: [],
    examples: { good: [], bad: [] },
    ...control,
  };
}
