/** `worker` of `worker/0`. */
export function applicationOf(unit: string): string {
  return unit.replace(/\/\d+$/, '');
}
