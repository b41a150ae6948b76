import type { LogTarget, Service } from '../plan/types.ts';

/** Does the target get the service's lines? The last entry of its `services` that speaks of the service decides; without any it gets none. */
export function takesLogsOf(target: LogTarget, service: string): boolean {
  const entry = target.services?.findLast((each) => [service, `-${service}`, 'all', '-all'].includes(each));
  return entry !== undefined && !entry.startsWith('-');
}

/** The target's labels with `$NAME` and `${NAME}` replaced by what the plan sets for the service; by nothing where it sets nothing. */
export function expandLabels(target: LogTarget, service: Service): Record<string, string> {
  const environment = service.environment ?? {};
  const entries = Object.entries(target.labels ?? {});
  return Object.fromEntries(entries.map(([name, value]) => [name, expand(value, environment)]));
}

/** By the rules of Go's os.Expand: a `$` before anything that is no name stays, but `${}` goes. */
function expand(text: string, environment: Readonly<Record<string, string>>): string {
  return text.replaceAll(
    /\$(?:\{([^}]*)\}|([*#$@!?\-0-9])|([A-Za-z_][A-Za-z0-9_]*))/g,
    (_, braced?: string, special?: string, plain?: string) => {
      const name = braced ?? special ?? plain ?? '';
      return Object.hasOwn(environment, name) ? (environment[name] as string) : '';
    },
  );
}
