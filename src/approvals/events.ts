import type { ApprovalRow } from '../storage/types.js'

/** A question that was asked, with what only this process knows of it. */
export interface OpenApproval extends Omit<ApprovalRow, 'end'> {
  /** The connection that asked: it may not answer itself. */
  readonly askedBy: string | undefined
}

/** What the bus says of approvals. */
export interface ApprovalEvents {
  'approval.requested': OpenApproval
  /** After the answer is on disk, and before whoever waits is told. */
  'approval.resolved': Required<ApprovalRow> & { readonly askedBy: string | undefined }
}
