import { bring, type DatabagWrite, type Relations } from './facts.ts';

/** What the leader tells a server that asks which namespace and queue the worker uses: interface `temporal-worker-info`. */
export function workerInfo(
  { workerInfo: relations }: Pick<Relations, 'workerInfo'>,
  { namespace, queue }: { readonly namespace: string; readonly queue: string },
): readonly DatabagWrite[] {
  if (namespace.trim() === '' || queue.trim() === '') return [];
  return relations.flatMap(({ id, written }) =>
    written === null ? [] : bring(written, { relationId: id, application: true, data: { namespace, queue } }),
  );
}
