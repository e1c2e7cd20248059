export const resetScopes = ['config', 'config+creds+sessions', 'full'] as const
export type ResetScope = (typeof resetScopes)[number]

/** What a path is to its profile; the reason why it is on the list. */
export type RemovalKind = 'config' | 'credentials' | 'sessions' | 'state' | 'workspace' | 'log'

/** One path that goes, with everything below it. Links are removed, never followed. */
export interface Removal {
  readonly path: string
  readonly kind: RemovalKind
}

/** A path that somebody might expect on the list, and why it is not. */
export interface Kept {
  readonly path: string
  readonly why: /** Belongs to another profile, or holds something that does. */
    | 'other_profile'
    /** Configured for this profile, but outside of its own folders: whose files they are nobody can know. */
    | 'outside'
    /** The caller did not ask for it. */
    | 'not_asked'
}

export interface RemovalPlan {
  readonly remove: readonly Removal[]
  readonly keep: readonly Kept[]
}
