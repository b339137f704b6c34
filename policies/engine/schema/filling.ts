import { Fields, isFields, isList, type Value } from '../cel/value';
import { genericValue } from '../generic';

/** Puts what the API server puts into an object of a type before admission sees it. */
export type Default = (fields: Fields) => void;

/** Sets fields that are absent. Called once for each set of values: what it returns has them ready. */
export function absent(values: Readonly<Record<string, unknown>>): Default {
  const entries = Object.entries(values).map(([name, value]): [string, () => Value] => {
    const ready = genericValue(value);
    // An object is made anew each time: the next default may change it.
    return [name, isFields(ready) ? () => genericValue(value) : () => ready];
  });
  return (fields) => {
    for (const [name, make] of entries) {
      if (fields[name] === undefined || fields[name] === null) fields[name] = make();
    }
  };
}

/** Several defaults, one after the other. */
export function all(...defaults: readonly Default[]): Default {
  return (fields) => defaults.forEach((each) => each(fields));
}

/** The object in a field, made where it is absent. */
export function within(fields: Fields, name: string): Fields {
  const value = (fields[name] ??= new Fields());
  return isFields(value) ? value : new Fields();
}

/** The objects in a list. */
export function each(list: Value | undefined): readonly Fields[] {
  return list !== undefined && isList(list) ? list.filter(isFields) : [];
}
