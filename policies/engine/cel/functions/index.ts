import { ARITHMETIC } from './arithmetic';
import { CONVERSIONS } from './conversions';
import { KUBERNETES } from './kubernetes';
import { LISTS } from './lists';
import { REGEX } from './regex';
import { STRINGS } from './strings';
import type { FunctionTable } from './table';
import { TIME } from './time';

/** Every function that the engine knows; what is not here is refused when an expression is compiled. */
export const FUNCTIONS: FunctionTable = {
  ...ARITHMETIC,
  ...CONVERSIONS,
  ...KUBERNETES,
  ...LISTS,
  ...REGEX,
  ...STRINGS,
  ...TIME,
};
