export { concerns } from './concerns.js';
export type { BudgetSubject, SpendingFacts } from './concerns.js';
export { CHANGE_CHANNEL, ChangeNotice } from './change-notice.js';
export { KEPT_SUMS, SOUND_BOOKS } from './sound-books.js';
export { Meters, USAGE_BATCH_MAX_BYTES, USAGE_QUEUE, UsageBatch, UsageEvent } from './usage-event.js';
export { Login, LoginAnswer, Me } from './http/auth.js';
export { AuditChain, AuditCheck, AuditExportQuery, AuditItem, AuditVerification } from './http/audit.js';
export { Alert, AlertKind, AlertPath, AlertQuery, AlertSettings } from './http/alerts.js';
export { Amount, Budget, BudgetPath, BudgetQuery, CreateBudget, UpdateBudget } from './http/budgets.js';
export {
  CompatGroupKeyPath,
  CompatGroupUserPath,
  CompatKeys,
  CompatMessage,
  CompatOrgKeyPath,
  CompatProviderPath,
  CompatProviders,
  CompatStats,
  CompatStoreKey,
  CompatStored,
  CompatValidated,
  CompatValidateKey,
} from './http/compat.js';
export { CreditLot, Credits, GrantCredits, JournalItem, Refund, RefundCharge } from './http/credits.js';
export { OrgEncryption, SetOrgEncryption } from './http/encryption.js';
export { CreateGroup, Group, GroupPath, GroupRole, Member, MemberPath, SetMember } from './http/groups.js';
export { Health } from './http/health.js';
export { ApiKey, Key, KeyConfig, KeyOwner, KeyPath, KeyQuery, KeyStatus, KeyTest, ProbeOutcome, RotateKey, StoreKey, UpdateKey } from './http/keys.js';
export { AggregatorOrder, CreateOrg, Org, OrgPath, OrgQuery, OrgStatus, PlatformCredits, Tier, UpdateOrg } from './http/orgs.js';
export {
  DATA_CLASSES,
  DataClass,
  Declaration,
  ExplainCall,
  ExplainedKey,
  Explanation,
  GroupRouting,
  KEY_ORDERS,
  KeyOrder,
  OrgPolicy,
  OrgRouting,
  Preferences,
  TASKS,
  TaskName,
  TaskRule,
} from './http/routing.js';
export type { RoutingSettings } from './http/routing.js';
export { CreateCreditNote, CreditNote, InvoiceFilePath, InvoiceHead, InvoiceLineEvent, InvoiceLinePath, InvoicePath } from './http/invoices.js';
export { ImportPrices, Price, PRICED_METERS, PriceFile, PriceImport, PriceQuery, PriceRates, PutPrice, Rerate, Rerating } from './http/prices.js';
export {
  Adjustment,
  ImportCostExport,
  PostAdjustment,
  Reconciliation,
  ReconciliationPath,
  ReconciliationQuery,
  ReconciliationReport,
} from './http/reconciliations.js';
export { PlatformEncryption, Rotation } from './http/rotation.js';
export { BudgetScope, CacheSettings, OrgTagSettings, RateLimits, Settings, ShareWeight, TagSettings, Tags } from './http/settings.js';
export {
  Calculate,
  Calculation,
  Chargeback,
  ChargebackRule,
  Forecast,
  ForecastQuery,
  KeyStats,
  KeyStatsQuery,
  ProviderComparison,
  ProvidersQuery,
  Savings,
  SavingsQuery,
  SetChargeback,
  Statement,
  StatementQuery,
} from './http/reports.js';
export { IdentityProvider, PutIdentityProvider, PutTrustedIssuer, SignInPath, StartSignIn, TrustedIssuer, TrustedIssuerPath } from './http/sign-in.js';
export { ChangePassword, Session, SessionPath, Sessions } from './http/sessions.js';
export { AcceptInvite, CreateInvite, Invite, InvitePath, InviteShownOnce, InviteStatus } from './http/invites.js';
export { SecretReport, SecretVerdicts } from './http/secret-scanning.js';
export { ScimDocument, ScimGroup, ScimList, ScimPatch, ScimQuery, ScimSchemaPath, ScimUser } from './http/scim.js';
export { CreateToken, RotateToken, Token, TokenPath, TokenQuery, TokenShownOnce } from './http/tokens.js';
export { MAX_LATENCY_DAYS, ReportScope, USAGE_DIMENSIONS, USAGE_INTERVALS, UsageDimension, UsageExportQuery, UsageItem, UsageQuery, UsageReport } from './http/usage.js';
export { CreateUser, OrgRole, UpdateUser, User, UserPath, UserStatus } from './http/users.js';
export { CreateWebhook, Webhook, WebhookPath, WebhookShownOnce, WebhookTest } from './http/webhooks.js';
export { AnyId, Line, PageQuery, Problem, Timestamp, Usd, pageOf } from './http/wire.js';
export type { Page } from './http/wire.js';
export type {
  AlertMessage,
  AlertSettingsMessage,
  BudgetIdMessage,
  BudgetMessage,
  BudgetsForAdmin,
  CreateBudgetMessage,
  ListBudgetsMessage,
  UpdateBudgetMessage,
  WebhookMessage,
} from './rpc/budgets.js';
export type { CreditsForAdmin, CreditsMessage, GrantCreditsMessage, JournalMessage, JournalPageMessage, LotMessage, RefundMessage, RefundRequestMessage } from './rpc/credits.js';
export type { ConfigFieldMessage, ExplainMessage, ExplainedKeyMessage, ExplanationMessage, ProbeForAdmin, ProbeResultMessage, ProviderMessage, SecretMessage, StoredKeyMessage } from './rpc/gateway-probe.js';
export type {
  AdjustmentMessage,
  BillingOfficeForAdmin,
  CreditNoteMessage,
  InvoiceFileMessage,
  InvoiceHeadMessage,
  InvoiceLineEventMessage,
  ListPricesMessage,
  PriceChangeMessage,
  PriceImportMessage,
  PriceRowMessage,
  PriceTierMessage,
  PutPriceMessage,
  RatesMessage,
  ReconciliationMessage,
  ReconciliationReportMessage,
  RerateLineMessage,
  RerateMessage,
  ReratingMessage,
  VarianceMessage,
} from './rpc/billing-office.js';
export type { CandidateMessage, CountsMessage, FormerMessage, KeyWarningMessage, LifetimeForGateway, RevalidationMessage } from './rpc/key-lifetime.js';
export type { EncryptionForAdmin, KekStateMessage, KekUseMessage, OrgEncryptionMessage, RotationMessage, ShredMessage } from './rpc/key-encryption.js';
export type {
  Actor,
  AuditPageMessage,
  AuditRowMessage,
  AuditVerdictMessage,
  KeyMessage,
  KeyOwnerMessage,
  ListKeysMessage,
  NoteHealthMessage,
  OpenedKeyMessage,
  StageKeyMessage,
  StoreKeyMessage,
  UpdateKeyMessage,
  UsableKeyMessage,
  VaultForAdmin,
  VaultForGateway,
} from './rpc/key-vault.js';
export type {
  BillingForAdmin,
  BillingForGateway,
  HoldReplyMessage,
  KeyNoteMessage,
  KeyNotesForGateway,
  PercentilesMessage,
  PriceSnapshotMessage,
  TakeHoldMessage,
  UsageItemMessage,
  UsageReportMessage,
  UsageRequestMessage,
} from './rpc/usage-billing.js';
export type { ChargebackMessage, ReportRequestMessage, ReportsForAdmin } from './rpc/reports.js';
export type { GovernanceForAdmin, GovernanceForGateway, KeyUseMessage, NoteRunningMessage } from './rpc/key-governance.js';
export { BlastRadius, Leavers, SealKey, StaleKeys, StaleKeysQuery, TransferKey, UnsealKey } from './http/governance.js';
export { CloseReview, DecideReview, Review, ReviewDecisions, ReviewExport, ReviewLine, ReviewLinesQuery, ReviewPath, ReviewQuery, StartReview } from './http/access-reviews.js';
export { AccessRequest, AccessRequestPath, AccessRequestQuery, AskAccess, GrantAccess, RefuseAccess } from './http/access-requests.js';
