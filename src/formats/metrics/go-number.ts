/** Go writes an exponent from this power of ten on, and below the other. */
const exponents = { above: 6, below: -4 };

/**
 * A number as Go's `strconv.FormatFloat(x, 'g', -1, 64)` writes it: the fewest digits that mean it, and with an exponent
 * from 1e+06 on, where JavaScript has one from 1e+21 on. What is not known stays so.
 */
export function goNumber<Known extends number | null>(
  value: Known,
): Known extends number ? string : string | null;
export function goNumber(value: number | null): string | null {
  if (value === null) return null;
  if (!Number.isFinite(value)) return Number.isNaN(value) ? 'NaN' : value > 0 ? '+Inf' : '-Inf';
  const [mantissa = '', exponent = ''] = value.toExponential().split('e');
  const power = Number(exponent);
  if (value === 0 || (power >= exponents.below && power < exponents.above)) return String(value);
  return `${mantissa}e${power < 0 ? '-' : '+'}${String(Math.abs(power)).padStart(2, '0')}`;
}
