/**
 * Which of an application's units `juju status SELECTOR…` shows; undefined when it shows nothing of the application. A
 * selector is a name or pattern of applications or units, or a status word. Without any, all are shown.
 */
export function selects(
  selectors: readonly string[],
  application: string,
  units: readonly { readonly name: string; readonly words: readonly string[] }[],
): ReadonlySet<string> | undefined {
  const all = units.map((unit) => unit.name);
  if (selectors.length === 0 || selectors.some((selector) => globs(selector, application))) return new Set(all);
  const chosen = units.filter((unit) =>
    selectors.some((selector) => globs(selector, unit.name) || unit.words.includes(selector)),
  );
  return chosen.length > 0 ? new Set(chosen.map((unit) => unit.name)) : undefined;
}

/** `*` matches any text, `?` one character. */
export function globs(pattern: string, name: string): boolean {
  const source = pattern
    .replace(/[.+^${}()|[\]\\]/g, '\\$&')
    .replace(/\*/g, '.*')
    .replace(/\?/g, '.');
  return new RegExp(`^${source}$`, 's').test(name);
}
