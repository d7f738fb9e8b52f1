import type { Operation, OperationKind, OperationResults, Result } from '@dcm/core'

/** What an operation ends with, or why it was not begun. */
export async function end<K extends OperationKind>(
  begun: Promise<Result<Operation<K>>>,
): Promise<Result<OperationResults[K]>> {
  const operation = await begun
  return operation.ok ? operation.value.wait() : operation
}
