import { dashboard, dashboardId, dashboardTag } from '../dashboards/dashboard.ts';
import { xzBase64 } from '../dashboards/xz.ts';
import { tag } from '../tag.ts';
import { charmName, type Topology } from '../topology.ts';
import type { DatabagWrite } from './facts.ts';
import type { ObservabilityRelations } from './observability.ts';

/** The first 8 bytes of SHAKE256 over `<charm>-<id>`, as the Python library has it: what Grafana knows the dashboard by. */
const alternativeUid = 'c3a70071727b9ee3';

/** What `grafana-dashboard` tells Grafana. A write is made when the dashboard or who sends it has changed, and not before. */
export function dashboardWrites(
  { dashboards }: Pick<ObservabilityRelations, 'dashboards'>,
  topology: Topology,
): readonly DatabagWrite[] {
  const led = dashboards.filter(({ own }) => own !== null);
  if (led.length === 0) return [];
  const { model, modelUuid: model_uuid, application, unit } = topology;
  const juju_topology = { model, model_uuid, application, unit };
  const uuid = uuidOf(topology);
  const open = led.filter(({ own }) => sentUuid(own?.dashboards) !== uuid);
  if (open.length === 0) return [];
  const template = {
    charm: charmName,
    content: xzBase64(JSON.stringify(dashboard())),
    juju_topology,
    inject_dropdowns: true,
    dashboard_alt_uid: alternativeUid,
  };
  const data = { dashboards: JSON.stringify({ templates: { [dashboardId]: template }, uuid }) };
  return open.map(({ id: relationId }) => ({ relationId, application: true, data }));
}

/** The same for the same dashboard and sender; the library draws it anew at each send, to be noticed. */
function uuidOf(topology: Topology): string {
  const digits = ['a', 'b'].map((salt) => tag([salt, dashboardTag, topology])).join('');
  const [, a, b, c, d, e] = /^(.{8})(.{4}).(.{3}).(.{3})(.{12})$/.exec(digits) ?? [];
  return `${a}-${b}-4${c}-8${d}-${e}`;
}

/** Of what was sent last; null when that is not to be read. */
function sentUuid(sent: string | undefined): string | null {
  return /"uuid": ?"([0-9a-f-]{36})"\}$/.exec(sent ?? '')?.[1] ?? null;
}
