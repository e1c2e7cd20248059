import type { ErrorCode } from '../../../kernel/errors.js'

/** What errors of the table say in Chinese when their throw site adds nothing. A missing code keeps the English words. */
export const errors: Partial<Readonly<Record<ErrorCode, string>>> = {
  usage: '命令行无效。请加 --help 查看用法。',
  config_invalid: '配置文件无效。运行 "openclaw config validate" 查看所有问题。',
  config_missing: '没有配置文件。运行 "openclaw setup"，或加 --allow-unconfigured 启动。',
  mode_not_local: '网关启动被阻止：请设置 gateway.mode=local',
  config_conflict: '配置文件在读取之后被修改。请重新读取后再试。',
  config_write_rejected: '修改被拒绝；配置文件未改动。',
  config_path_unknown: '没有这个配置路径。运行 "openclaw config schema" 查看。',
  config_path_unset: '该配置路径有效但未设置；使用默认值。',
  gateway_unreachable: '无法连接网关。',
  tunnel_failed: '到远程网关的 SSH 隧道没有建立。',
  tunnel_not_configured: '没有配置 SSH 隧道。请先运行 "openclaw config set gateway.remote.sshTarget user@host"。',
  call_refused: '网关拒绝了这次调用。',
  credentials_required: '指定网关地址时必须同时给出凭据：加 --token 或 --password，或去掉 --url。',
  plaintext_refused:
    '安全错误：不允许用明文 ws:// 连接非回环地址。请使用 wss://、SSH 隧道（ssh -N -L）或 Tailscale Serve。',
  port_too_close: '基础端口与另一个配置档案太近。请选择相差至少 120 的端口。',
  tls_required: '此端口使用 TLS。请用 https:// 或 wss://。',
  tls_misconfigured: 'TLS 设置无法使用。请更正 gateway.tls.certPath 和 gateway.tls.keyPath。',
  lock_held: '另一个网关正在使用这个状态目录。',
  port_taken: '已有网关在监听该端口。',
  state_unusable: '状态目录不可用。请检查所有者、权限和剩余空间。',
  service_unavailable: '这里没有可用的服务管理器。用 "openclaw gateway start" 启动网关。',
  service_not_installed: '网关没有安装为服务。运行 "openclaw gateway install"。',
  service_conflict: '该服务已有另一个定义。替换之前请先查看。',
  risk_not_accepted:
    '智能体会以你的权限在本机上操作。请阅读 docs/onboarding.md 的 "What you agree to"，然后加上 --accept-risk。',
  backup_invalid: '该归档不是完整的档案备份。没有任何改动。',
  backup_refused: '备份无法写入或恢复到那里。没有任何改动。',
  cancelled: '已取消。没有再做任何改动。',
  confirmation_needed: '此操作需要确认。请加 --yes，或在终端中运行。',
  secret_unavailable: '引用的密钥无法读取。"openclaw secrets status" 会说明原因。',
  removal_refused: '不会删除该路径：它不是仅属于此档案的目录。',
  removal_failed: '有些路径未能删除。',
  service_failed: '服务管理器没有完成所要求的操作。',
}
