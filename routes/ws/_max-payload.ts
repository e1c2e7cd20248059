import type { WebSocket } from 'ws'

/**
 * Raises what a socket accepts in one frame. `ws` takes the limit only when the socket is made, but strangers get a
 * smaller one than those who proved who they are; its receiver reads the field at every frame
 * (test/routes/ws/limits.test.ts would tell if that changed).
 */
export function setMaxPayload(socket: WebSocket, bytes: number): void {
  const { _receiver } = socket as unknown as { readonly _receiver: { _maxPayload: number } }
  _receiver._maxPayload = bytes
}
