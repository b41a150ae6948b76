import { join } from 'node:path';
import type { CompanionUnit } from '../../controller/companion.ts';
import type { HookEvent } from '../../controller/hook/event.ts';
import { actionFail, actionSet, type HookCommandRunner } from '../../hookcmds/index.ts';
import { findBinary } from '../binary.ts';
import { findTool } from '../find-tool.ts';
import { configurationFile } from './configuration.ts';
import { runPromtool } from './judge.ts';
import { prometheusBinary, promtool } from './prometheus-binary.ts';

/** `validate-configuration`, with the charm's results. */
export async function runAction(
  action: NonNullable<HookEvent['action']>,
  tools: HookCommandRunner,
  unit: CompanionUnit,
): Promise<void> {
  const { found } = await findBinary(prometheusBinary, unit.places).catch(() => ({ found: undefined }));
  const checker = await findTool(promtool, found?.path ?? '/', unit.places.env);
  if (!checker) {
    const remedy = 'put it beside prometheus or on PATH, or set CHARMLET_PROMTOOL';
    return actionFail(tools, `cannot run action "${action.name}": there is no promtool here (${remedy})`);
  }
  const problem = await runPromtool(checker, ['check', 'config', join(unit.dataDir, configurationFile)]);
  await actionSet(tools, {
    result: problem === undefined ? 'the configuration is valid' : 'the configuration is not valid',
    'error-message': problem ?? '',
    valid: problem === undefined ? 'True' : 'False',
  });
}
