import type { CompanionUnit } from '../controller/companion.ts';
import { type FoundBinary, findBinary, type ServerBinary } from './binary.ts';
import type { UnitStatus } from './unit-status.ts';

/** The program of a unit's server, or the status of a unit that has none any more. */
export async function usableBinary(unit: CompanionUnit, binary: ServerBinary): Promise<FoundBinary | UnitStatus> {
  const { command, variable } = binary;
  try {
    const { found } = await findBinary(binary, unit.places);
    const remedy = `put "${command}" on PATH or set ${variable}`;
    return found ?? { name: 'blocked', message: `cannot start ${command}: its program is gone (${remedy})` };
  } catch (error) {
    return { name: 'blocked', message: (error as Error).message };
  }
}
