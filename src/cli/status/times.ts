import type { ApplicationStatus, Status, StatusInfo, UnitStatus } from '../../controller/api.ts';

/** The same status with its times in this machine's time zone, as Juju's client shows them unless `--utc` is given. */
export function inLocalTime(status: Status, now = new Date()): Status {
  const info = <T extends StatusInfo>(one: T): T => (one.since ? { ...one, since: localDate(one.since) } : one);
  const unit = (one: UnitStatus): UnitStatus => ({
    ...one,
    'workload-status': info(one['workload-status']),
    'juju-status': info(one['juju-status']),
  });
  const application = (one: ApplicationStatus): ApplicationStatus => ({
    ...one,
    'application-status': info(one['application-status']),
    ...(one.units ? { units: mapValues(one.units, unit) } : {}),
  });
  return {
    ...status,
    model: { ...status.model, 'model-status': info(status.model['model-status']) },
    applications: mapValues(status.applications, application),
    ...(status['application-endpoints'] && {
      'application-endpoints': mapValues(status['application-endpoints'], (one) => ({
        ...one,
        'application-status': info(one['application-status']),
      })),
    }),
    controller: { ...status.controller, timestamp: localClock(status.controller.timestamp, now) },
  };
}

function mapValues<T>(map: Readonly<Record<string, T>>, change: (value: T) => T): Record<string, T> {
  return Object.fromEntries(Object.entries(map).map(([key, value]) => [key, change(value)]));
}

/** `02 Jan 2006 15:04:05Z07:00` in local time; anything else as it was. */
export function localDate(text: string): string {
  const match = /^(\d\d) (\w{3}) (\d{4}) (\d\d:\d\d:\d\d)(Z|[+-]\d\d:\d\d)$/.exec(text);
  const time = match
    ? Date.parse(`${match[1]} ${match[2]} ${match[3]} ${match[4]} ${match[5] === 'Z' ? 'GMT' : `GMT${match[5]}`}`)
    : Number.NaN;
  if (Number.isNaN(time)) return text;
  const date = new Date(time);
  const month = ['Jan', 'Feb', 'Mar', 'Apr', 'May', 'Jun', 'Jul', 'Aug', 'Sep', 'Oct', 'Nov', 'Dec'][date.getMonth()];
  return `${two(date.getDate())} ${month} ${date.getFullYear()} ${clock(date)}`;
}

/** `15:04:05Z07:00` in local time. The date that it belongs to is today's. */
function localClock(text: string, now: Date): string {
  const match = /^(\d\d):(\d\d):(\d\d)Z$/.exec(text);
  if (!match) return text;
  const date = new Date(now);
  date.setUTCHours(Number(match[1]), Number(match[2]), Number(match[3]));
  return clock(date);
}

function clock(date: Date): string {
  const minutes = -date.getTimezoneOffset();
  const zone =
    minutes === 0
      ? 'Z'
      : `${minutes < 0 ? '-' : '+'}${two(Math.floor(Math.abs(minutes) / 60))}:${two(Math.abs(minutes) % 60)}`;
  return `${two(date.getHours())}:${two(date.getMinutes())}:${two(date.getSeconds())}${zone}`;
}

function two(value: number): string {
  return String(value).padStart(2, '0');
}
