/** Powers of ten, counted from nano, or of two, by suffix. */
const DECIMAL: Readonly<Record<string, number>> = {
  n: -9,
  u: -6,
  m: -3,
  '': 0,
  k: 3,
  M: 6,
  G: 9,
  T: 12,
  P: 15,
  E: 18,
};
const BINARY: Readonly<Record<string, number>> = { Ki: 10, Mi: 20, Gi: 30, Ti: 40, Pi: 50, Ei: 60 };

const FORM = /^([+-]?)(\d*)(?:\.(\d*))?(|[numkMGTPE]|[KMGTPE]i|[eE][+-]?\d{1,9})$/;
const NANO = 10n ** 9n;
const MAX = 2n ** 63n - 1n;

/** How a quantity is written. */
export type QuantityFormat = 'decimal' | 'binary' | 'exponent';

/** An amount as Kubernetes reads it, exact to a billionth, for example `500m` or `1.5Gi`. */
export class Quantity {
  public constructor(
    /** The amount in billionths. */
    public readonly nanos: bigint,
    public readonly format: QuantityFormat = 'decimal',
  ) {}

  /**
   * Reads a quantity. What is finer than a billionth is rounded away from zero, and what is written with a power of two and
   * larger than an int holds counts as the largest one, as in the API server.
   *
   * @returns undefined where the text is none
   */
  public static parse(text: string): Quantity | undefined {
    const parts = FORM.exec(text);
    if (parts === null) return undefined;
    const [, sign, whole = '', fraction = '', suffix = ''] = parts;
    if (whole === '' && fraction === '') return undefined;
    const binary = BINARY[suffix];
    const exponent = DECIMAL[suffix] ?? (binary === undefined ? Number(suffix.slice(1)) : 0);
    const format = binary !== undefined ? 'binary' : /^[eE]./.test(suffix) ? 'exponent' : 'decimal';
    const digits = BigInt(whole + fraction) * 2n ** BigInt(binary ?? 0);
    const magnitude = nanosOf(digits, exponent - fraction.length + 9);
    const capped = format === 'binary' && magnitude > MAX * NANO ? MAX * NANO : magnitude;
    const tiny = format === 'binary' && capped > 0n && capped < NANO;
    return new Quantity(sign === '-' ? -capped : capped, tiny ? 'decimal' : format);
  }

  /** The same, rounded up to a thousandth: nothing finer is kept of the resources of a container. */
  public roundedUp(): Quantity {
    return new Quantity(awayFromZero(this.nanos, 10n ** 6n) * 10n ** 6n, this.format);
  }

  /** Whether it is a whole number that fits an int. */
  public get isInteger(): boolean {
    return this.nanos % NANO === 0n && this.nanos / NANO <= MAX && this.nanos / NANO >= -MAX - 1n;
  }

  /** The one way in which the API server writes this amount. */
  public toString(): string {
    if (this.nanos === 0n) return '0';
    const small = this.nanos > -1024n * NANO && this.nanos < 1024n * NANO;
    return this.format === 'binary' && !small ? this.#binary() : this.#decimal();
  }

  #decimal(): string {
    let mantissa = this.nanos;
    let exponent = -9;
    while (mantissa % 1000n === 0n && (exponent < 18 || this.format === 'exponent')) {
      mantissa /= 1000n;
      exponent += 3;
    }
    if (this.format === 'exponent') return exponent === 0 ? `${mantissa}` : `${mantissa}e${exponent}`;
    return `${mantissa}${Object.keys(DECIMAL).find((suffix) => DECIMAL[suffix] === exponent)!}`;
  }

  #binary(): string {
    let mantissa = awayFromZero(this.nanos, NANO);
    let exponent = 0;
    while (mantissa % 1024n === 0n && exponent < 60) {
      mantissa /= 1024n;
      exponent += 10;
    }
    return `${mantissa}${Object.keys(BINARY).find((suffix) => BINARY[suffix] === exponent) ?? ''}`;
  }
}

function nanosOf(digits: bigint, exponent: number): bigint {
  if (digits === 0n) return 0n;
  if (exponent < -digits.toString().length) return 1n;
  // Past any amount of anything, and a power of ten without bound would exhaust the memory.
  const bounded = Math.min(exponent, 1000);
  return bounded >= 0 ? digits * 10n ** BigInt(bounded) : awayFromZero(digits, 10n ** BigInt(-bounded));
}

function awayFromZero(value: bigint, unit: bigint): bigint {
  const rest = value % unit;
  return value / unit + (rest === 0n ? 0n : rest > 0n ? 1n : -1n);
}
