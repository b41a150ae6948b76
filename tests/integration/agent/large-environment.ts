import { type PackedUnit, packedUnit } from './packed-unit.ts';

/** A unit whose option `environment` has so many variables, from so many user secrets; every eleventh is written in the option itself. */
export function unitWith(of: { readonly variables: number; readonly secrets: number }): Promise<PackedUnit> {
  const ids = Array.from({ length: of.secrets }, (_, index) => `d0${String(index).padStart(18, '0')}`);
  const grants = [{ target: 'application-w', relation: null }];
  const secrets = Object.fromEntries(
    ids.map((id) => [id, { owner: 'model-cdac5656', grants, revisions: [{ key1: `text of ${id}` }] }]),
  );
  const lines = { env: ['env:'], juju: ['juju:'] };
  for (let index = 0; index < of.variables; index++) {
    const id = ids[index % Math.max(1, ids.length)];
    if (id === undefined || index % 11 === 10) lines.env.push(`- {name: V${index}, value: value ${index}}`);
    else lines.juju.push(`- {secret-id: secret:${id}, name: V${index}, key: key1}`);
  }
  const texts = Object.values(lines).filter(({ length }) => length > 1);
  return packedUnit({ facts: { secrets, config: { environment: texts.flat().join('\n') } } });
}
