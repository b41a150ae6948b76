const application = '[a-z][a-z0-9]*(?:-[a-z0-9]*[a-z][a-z0-9]*)*';
const applicationPattern = new RegExp(`^${application}$`);
const unitPattern = new RegExp(`^${application}/(?:0|[1-9][0-9]*)$`);
const unitOrLeaderPattern = new RegExp(`^${application}/(?:0|[1-9][0-9]*|leader)$`);

/** Juju's rule for application names: no trailing `-<digits>`, which would read as a unit. */
export function isApplicationName(text: string): boolean {
  return applicationPattern.test(text);
}

/** `app/0`. */
export function isUnitName(text: string): boolean {
  return unitPattern.test(text);
}

/** `app/0` or `app/leader`. */
export function isUnitOrLeader(text: string): boolean {
  return unitOrLeaderPattern.test(text);
}

/** `app/0` -> `unit-app-0`: the name in logs. */
export function unitTag(unit: string): string {
  return `unit-${unit.replace('/', '-')}`;
}
