/** With what a TLS server shows who it is. PEM texts. */
export interface TlsIdentity {
  readonly cert: string
  readonly key: string
  /** Clients from other machines must show a certificate of this authority. */
  readonly clientCa: string | undefined
  /** SHA-256 of the certificate, upper-case hex with colons. */
  readonly fingerprint: string
}
