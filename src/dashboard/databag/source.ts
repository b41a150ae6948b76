import { type Json, record, text } from '../grafana/json.ts';

/** A data source that an application offers: one for each of its units. */
export interface DataSource {
  /** `juju_cos_<model uuid>_prometheus_0`: what the real charm names it, and what its uid is. */
  readonly name: string;
  /** `prometheus`, `loki` … */
  readonly type: string;
  readonly url: string;
  readonly unit: string;
  readonly extraFields: Json;
  readonly secureExtraFields: Json;
}

/**
 * The data sources of one `grafana_datasource` relation, from the application's databag and those of its units; sorted
 * by unit. Never throws: `problem` says why there is none, or fewer than units.
 */
export function readSources(
  application: Readonly<Record<string, string>>,
  units: Readonly<Record<string, Readonly<Record<string, string>>>>,
): { readonly sources: readonly DataSource[]; readonly problem?: string } {
  const value = application.grafana_source_data ?? '';
  if (value.trim() === '') return { sources: [] };
  let data: Json;
  try {
    data = record(JSON.parse(value));
  } catch {
    return { sources: [], problem: '"grafana_source_data" is not JSON' };
  }
  const type = text(data.type);
  if (!/^[\w.-]{1,64}$/.test(type)) return { sources: [], problem: '"grafana_source_data" names no type' };
  const problems: string[] = [];
  const sources = Object.keys(units)
    .sort((a, b) => a.localeCompare(b, 'en', { numeric: true }))
    .flatMap((unit) => {
      const host = units[unit]!.grafana_source_host ?? '';
      if (host === '') return [];
      const url = /^\w+:\/\//.test(host) ? host : `http://${host}`;
      if (!isHttp(url)) {
        problems.push(`"grafana_source_host" of ${unit} is no HTTP address`);
        return [];
      }
      const name = `juju_${text(data.model)}_${text(data.model_uuid)}_${text(data.application)}_${unit.split('/')[1]}`;
      const fields = { extraFields: record(data.extra_fields), secureExtraFields: record(data.secure_extra_fields) };
      return [{ name, type, url, unit, ...fields }];
    });
  return { sources, ...(problems.length > 0 && { problem: problems.join('; ') }) };
}

function isHttp(url: string): boolean {
  return URL.canParse(url) && ['http:', 'https:'].includes(new URL(url).protocol) && url.length < 2048;
}
