// Writes numbers for people: bytes, durations, counts, rates and dates.

const UNITS = ["B", "kB", "MB", "GB", "TB"] as const;

/** 1234567 as "1.2 MB"; null, for the size of a secret, as "hidden". */
export function bytes(count: number | null): string {
  if (count === null) return "hidden";
  let unit = 0;
  let value = count;
  while (value >= 999.5 && unit < UNITS.length - 1) {
    value /= 1000;
    unit += 1;
  }
  return `${unit && value < 9.95 ? value.toFixed(1) : Math.round(value)} ${UNITS[unit]}`;
}

const whole = new Intl.NumberFormat("en", { maximumFractionDigits: 0 });
const tenths = new Intl.NumberFormat("en", { maximumFractionDigits: 1 });

/** 12345 as "12,345". */
export function count(value: number): string {
  return whole.format(value);
}

/** Messages per second. Small rates have a decimal. */
export function perSecond(value: number): string {
  return (value < 10 ? tenths : whole).format(value);
}

/** "1 comm", "2 comms". */
export function counted(value: number, one: string, many = `${one}s`): string {
  return `${count(value)} ${value === 1 ? one : many}`;
}

const STEPS = [
  [86400, "d"],
  [3600, "h"],
  [60, "min"],
] as const;

/** Seconds as "3 min 20 s", "2 h 5 min", "45 ms". */
export function duration(seconds: number): string {
  if (seconds < 0.0005) return "under 1 ms";
  if (seconds < 0.9995) return `${Math.round(seconds * 1000)} ms`;
  if (seconds < 9.95) return `${tenths.format(seconds)} s`;
  let rest = Math.round(seconds);
  for (const [index, [size, name]] of STEPS.entries()) {
    if (rest < size) continue;
    const big = Math.floor(rest / size);
    rest -= big * size;
    const next = STEPS[index + 1] ?? ([1, "s"] as const);
    const small = Math.floor(rest / next[0]);
    return small && big < 100 ? `${big} ${name} ${small} ${next[1]}` : `${big} ${name}`;
  }
  return `${rest} s`;
}

/** Seconds since an ISO date; 0 for a date in the future. */
export function secondsSince(date: string, now: number = Date.now()): number {
  return Math.max(0, (now - Date.parse(date)) / 1000);
}
