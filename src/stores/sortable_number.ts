/** 16 hexadecimal digits for a number, which sort as texts as the numbers do. */
export function sortableNumber(value: number): string {
  const view = new DataView(new ArrayBuffer(8));
  view.setFloat64(0, value);
  const bits = view.getBigUint64(0);
  // IEEE 754 sorts by its bits but for the sign: negative numbers come first, and the other way around.
  const isNegative = bits >> 63n === 1n;
  const sorted = isNegative ? ~bits & 0xffff_ffff_ffff_ffffn : bits | 1n << 63n;
  return sorted.toString(16).padStart(16, "0");
}
