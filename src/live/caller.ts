export type { Caller, CallerMethod, ClientFacts, Role } from '../auth/caller.js'
