import type { ApplicationStatus, Integration, OfferStatus, Status, UnitStatus } from '../../controller/api.ts';
import { colours, statusColour } from '../colour.ts';
import { naturalCompare, naturalEntries } from '../natural.ts';
import { type Cell, renderTable } from '../table.ts';

/** Juju shows at most so many characters of a workload's version. */
const versionWidth = 30;

export interface TabularOptions {
  readonly relations: boolean;
  readonly storage: boolean;
  readonly colour: boolean;
}

/** `juju status` as a table: sections with an empty line between them, units only when there are any. */
export function statusTable(status: Status, options: TabularOptions): string {
  const paint = (text: string, colour: string | undefined): Cell => ({
    text,
    colour: options.colour ? colour : undefined,
  });
  const word = (text: string) => paint(text, statusColour(text));
  const applications = naturalEntries(status.applications);
  const units = applications
    .flatMap(([, application]) => Object.entries(application.units ?? {}))
    .sort(([a], [b]) => naturalCompare(a, b));
  const sections = [renderTable(modelRows(status))];
  const consumed = naturalEntries(status['application-endpoints']);
  if (consumed.length > 0) {
    const rows = consumed.map(([name, { url, 'application-status': info }]) => [
      name,
      word(info.current),
      status.model.controller,
      url,
    ]);
    sections.push(renderTable([['SAAS', 'Status', 'Store', 'URL'], ...rows]));
  }

  if (applications.length > 0) {
    const rows = applications.map(([name, app]) => {
      const scale = scaleOf(app);
      return [
        name,
        versionOf(app),
        word(app['application-status'].current),
        scale.includes('/') ? paint(scale, colours.warning) : scale,
        app['charm-name'],
        app['charm-channel'] ?? '',
        String(app['charm-rev']),
        paint(app.address, colours.info),
        app.exposed ? 'yes' : 'no',
        oneLine(app['application-status'].message),
      ];
    });
    const header = ['App', 'Version', 'Status', 'Scale', 'Charm', 'Channel', 'Rev', 'Address', 'Exposed', 'Message'];
    sections.push(renderTable([header, ...rows], [3, 6]));
  }
  if (units.length > 0) {
    const rows = units.map(([name, unit]) => [
      name + (unit.leader ? '*' : ''),
      word(unit['workload-status'].current),
      word(unit['juju-status'].current),
      paint(unit.address, colours.info),
      paint(portsText(unit['open-ports'] ?? []), colours.magenta),
      unitMessage(unit),
    ]);
    sections.push(renderTable([['Unit', 'Workload', 'Agent', 'Address', 'Ports', 'Message'], ...rows]));
  }
  const offers = naturalEntries(status.offers);
  if (offers.length > 0) sections.push(renderTable([offerHeader, ...offers.flatMap(offerRows)]));
  const relations = options.relations ? relationRows(status.integrations ?? []) : [];
  if (relations.length > 0) {
    sections.push(renderTable([['Integration provider', 'Requirer', 'Interface', 'Type', 'Message'], ...relations]));
  }
  const storages = options.storage ? storageRows(status) : [];
  if (storages.length > 0) sections.push(renderTable([storageHeader, ...storages]));
  return sections.join('\n');
}

/** There are no pools here, and Juju leaves out their column then; nor has storage a size. */
const storageHeader = ['Storage Unit', 'Storage ID', 'Type', 'Mountpoint', 'Size', 'Status', 'Message'];

/** By unit, and of one unit by id. */
function storageRows({ storage }: Status): string[][] {
  return Object.entries(storage.storage ?? {})
    .flatMap(([id, { kind, status, attachments }]) =>
      Object.entries(attachments.units).map(([unit, { location }]) => [
        unit,
        id,
        kind,
        location,
        '',
        status.current,
        '',
      ]),
    )
    .sort(([unitA = '', idA = ''], [unitB = '', idB = '']) => naturalCompare(unitA, unitB) || naturalCompare(idA, idB));
}

const offerHeader = ['Offer', 'Application', 'Charm', 'Rev', 'Connected', 'Endpoint', 'Interface', 'Role'];

/** A row for each endpoint; what is told of the offer stands in the first. */
function offerRows([name, offer]: [string, OfferStatus]): string[][] {
  const [, charm = '', revision = ''] = /^[^:]*:(.*)-([0-9]+)$/.exec(offer.charm) ?? [];
  const connected = `${offer['active-connected-count'] ?? 0}/${offer['total-connected-count'] ?? 0}`;
  return naturalEntries(offer.endpoints).map(([endpoint, { interface: kind, role }], index) => [
    ...(index === 0 ? [name, offer.application, charm, revision, connected] : ['', '', '', '', '']),
    endpoint,
    kind,
    role,
  ]);
}

function modelRows({ model, controller }: Status): string[][] {
  const notes = model['model-status'].message ?? '';
  const cloud = model.region ? `${model.cloud}/${model.region}` : model.cloud;
  const header = ['Model', 'Controller', 'Cloud/Region', 'Version', 'SLA', 'Timestamp'];
  const row = [model.name, model.controller, cloud, model.version, model.sla, controller.timestamp];
  return notes
    ? [
        [...header, 'Notes'],
        [...row, notes],
      ]
    : [header, row];
}

function versionOf(application: ApplicationStatus): string {
  const version = application.version?.split('\n')[0] ?? '';
  return version.length > versionWidth ? `${version.slice(0, versionWidth - 3)}...` : version;
}

/** `N`, or `ready/N` while not every unit's agent is at work. */
function scaleOf(application: ApplicationStatus): string {
  const ready = Object.values(application.units ?? {}).filter((unit) =>
    ['idle', 'executing'].includes(unit['juju-status'].current),
  ).length;
  return ready < application.scale ? `${ready}/${application.scale}` : String(application.scale);
}

/** The workload's message, with what the agent is doing in front. */
export function unitMessage(unit: UnitStatus): string {
  const agent = unit['juju-status'];
  let message = oneLine(unit['workload-status'].message);
  if (agent.current === 'allocating' && message === '') message = oneLine(agent.message);
  const doing = agent.current === 'executing' ? /^running (?:action (.+)|(.+) hook)/.exec(agent.message ?? '') : null;
  return doing ? `(${doing[1] ?? doing[2]}) ${message}` : message;
}

/** `7233/tcp`, `7233,7239/tcp 53/udp`, `8000-8002/tcp`: ports by protocol, runs joined. */
export function portsText(ports: readonly string[]): string {
  const byProtocol = new Map<string, [number, number][]>();
  const odd: string[] = [];
  for (const port of ports) {
    const match = /^(\d+)(?:-(\d+))?\/(\w+)$/.exec(port);
    if (!match) {
      odd.push(port);
      continue;
    }
    const ranges = byProtocol.get(match[3] ?? '') ?? [];
    ranges.push([Number(match[1]), Number(match[2] ?? match[1])]);
    byProtocol.set(match[3] ?? '', ranges);
  }
  const groups = [...byProtocol]
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([protocol, ranges]) => `${joined(ranges)}/${protocol}`);
  return [...groups, ...odd].join(' ');
}

function joined(ranges: readonly [number, number][]): string {
  const merged: [number, number][] = [];
  for (const [from, to] of [...ranges].sort((a, b) => a[0] - b[0])) {
    const last = merged.at(-1);
    if (last && from <= last[1] + 1) last[1] = Math.max(last[1], to);
    else merged.push([from, to]);
  }
  return merged.map(([from, to]) => (from === to ? String(from) : `${from}-${to}`)).join(',');
}

/** One row for each relation, by the provider's name. */
function relationRows(integrations: readonly Integration[]): string[][] {
  return integrations
    .map(({ provider, requirer, interface: kind, type, message }) => [provider, requirer, kind, type, message])
    .sort((a, b) => naturalCompare(`${a[0]} ${a[1]}`, `${b[0]} ${b[1]}`));
}

function oneLine(message: string | undefined): string {
  return (message ?? '').replace(/\s*\n\s*/g, ' ').trimEnd();
}
