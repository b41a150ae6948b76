import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { CompanionUnit } from '../../controller/companion.ts';
import type { HookEvent } from '../../controller/hook/event.ts';
import { actionFail, actionSet, type HookCommandRunner } from '../../hookcmds/index.ts';
import { findBinary } from '../binary.ts';
import { findTool } from '../find-tool.ts';
import { alertmanagerBinary, amtool } from './alertmanager-binary.ts';
import { runAmtool } from './check-configuration.ts';
import { configurationFile } from './configuration.ts';

/** `show-config` and `check-config`, with the charm's results. */
export async function runAction(
  action: NonNullable<HookEvent['action']>,
  tools: HookCommandRunner,
  unit: CompanionUnit,
): Promise<void> {
  const path = join(unit.dataDir, configurationFile);
  const content = await readFile(path, 'utf8').catch(() => undefined);
  if (content === undefined) return actionFail(tools, 'Container not ready');
  if (action.name === 'show-config') return actionSet(tools, { path, content });
  const { found } = await findBinary(alertmanagerBinary, unit.places).catch(() => ({ found: undefined }));
  const checker = await findTool(amtool, found?.path ?? '/', unit.places.env);
  if (!checker) {
    const remedy = 'put it beside alertmanager or on PATH, or set CHARMLET_AMTOOL';
    return actionFail(tools, `cannot run action "${action.name}": there is no amtool here (${remedy})`);
  }
  const problem = await runAmtool(checker, path);
  const result = problem === undefined ? 'the configuration is valid' : 'the configuration is not valid';
  return actionSet(tools, { result, 'error-message': problem ?? '', valid: problem === undefined ? 'True' : 'False' });
}
