CREATE TABLE advisories (
    tenant VARCHAR NOT NULL,
    source VARCHAR NOT NULL,
    id TEXT NOT NULL,
    first_seen BIGINT NOT NULL,
    last_seen BIGINT NOT NULL,
    gone_at BIGINT,
    version VARCHAR NOT NULL,
    CONSTRAINT pk_advisories PRIMARY KEY (tenant, source, id)
)

CREATE INDEX ix_advisories_tenant_last_seen ON advisories (tenant, last_seen)

CREATE TABLE advisory_bodies (
    version VARCHAR NOT NULL,
    body TEXT NOT NULL,
    CONSTRAINT pk_advisory_bodies PRIMARY KEY (version)
)

CREATE TABLE advisory_posts (
    tenant VARCHAR NOT NULL,
    source VARCHAR NOT NULL,
    id TEXT NOT NULL,
    created TEXT NOT NULL,
    hash VARCHAR NOT NULL,
    first_seen BIGINT NOT NULL,
    body TEXT NOT NULL,
    CONSTRAINT pk_advisory_posts PRIMARY KEY (tenant, source, id, created, hash)
)

CREATE TABLE advisory_versions (
    tenant VARCHAR NOT NULL,
    source VARCHAR NOT NULL,
    id TEXT NOT NULL,
    version VARCHAR NOT NULL,
    first_seen BIGINT NOT NULL,
    CONSTRAINT pk_advisory_versions PRIMARY KEY (tenant, source, id, version)
)

CREATE TABLE audit (
    id INTEGER NOT NULL,
    tenant VARCHAR NOT NULL,
    at BIGINT NOT NULL,
    who TEXT NOT NULL,
    what TEXT NOT NULL,
    about TEXT NOT NULL,
    CONSTRAINT pk_audit PRIMARY KEY (id)
)

CREATE INDEX ix_audit_tenant_at ON audit (tenant, at)

CREATE TRIGGER audit_no_update BEFORE UPDATE ON audit BEGIN SELECT RAISE(ABORT, 'audit is append-only'); END

CREATE TRIGGER audit_no_delete BEFORE DELETE ON audit BEGIN SELECT RAISE(ABORT, 'audit is append-only'); END

CREATE TABLE changes (
    id INTEGER NOT NULL,
    tenant VARCHAR NOT NULL,
    at BIGINT NOT NULL,
    incident VARCHAR,
    reason VARCHAR NOT NULL,
    rings BOOLEAN NOT NULL,
    why TEXT NOT NULL,
    about TEXT NOT NULL,
    body TEXT NOT NULL,
    CONSTRAINT pk_changes PRIMARY KEY (id)
)

CREATE INDEX ix_changes_tenant_at ON changes (tenant, at)

CREATE INDEX ix_changes_tenant_incident ON changes (tenant, incident)

CREATE TABLE counters (
    tenant VARCHAR NOT NULL,
    name VARCHAR NOT NULL,
    value INTEGER NOT NULL,
    CONSTRAINT pk_counters PRIMARY KEY (tenant, name)
)

CREATE TABLE current (
    tenant VARCHAR NOT NULL,
    route VARCHAR NOT NULL,
    at BIGINT NOT NULL,
    sent_at BIGINT,
    arrived_at BIGINT,
    latency BIGINT,
    failed_at BIGINT,
    failure TEXT,
    CONSTRAINT pk_current PRIMARY KEY (tenant, route)
)
 WITHOUT ROWID

CREATE TABLE deliveries (
    id INTEGER NOT NULL,
    tenant VARCHAR NOT NULL,
    destination VARCHAR NOT NULL,
    incident VARCHAR NOT NULL,
    kind VARCHAR NOT NULL,
    "key" VARCHAR NOT NULL,
    message TEXT NOT NULL,
    saved_at BIGINT NOT NULL,
    due BIGINT NOT NULL,
    state VARCHAR NOT NULL,
    attempts INTEGER DEFAULT '0' NOT NULL,
    fence INTEGER DEFAULT '0' NOT NULL,
    leased_until BIGINT,
    unknown BOOLEAN DEFAULT false NOT NULL,
    channel TEXT,
    landed TEXT,
    error TEXT,
    ended_at BIGINT,
    CONSTRAINT pk_deliveries PRIMARY KEY (id),
    CONSTRAINT uq_deliveries_tenant_destination_key UNIQUE (tenant, destination, "key")
)

CREATE INDEX ix_deliveries_ended_at ON deliveries (ended_at)

CREATE INDEX ix_deliveries_open ON deliveries (tenant, destination, incident, id) WHERE state IN ('waiting', 'claimed')

CREATE TABLE incident_evidence (
    tenant VARCHAR NOT NULL,
    incident VARCHAR NOT NULL,
    finding VARCHAR NOT NULL,
    hash VARCHAR NOT NULL,
    saved_at BIGINT NOT NULL,
    body TEXT NOT NULL,
    CONSTRAINT pk_incident_evidence PRIMARY KEY (tenant, incident, finding, hash)
)

CREATE TABLE incidents (
    tenant VARCHAR NOT NULL,
    id VARCHAR NOT NULL,
    opened BIGINT NOT NULL,
    resolved BIGINT,
    saved_at BIGINT NOT NULL,
    body TEXT NOT NULL,
    CONSTRAINT pk_incidents PRIMARY KEY (tenant, id)
)

CREATE INDEX ix_incidents_tenant_resolved ON incidents (tenant, resolved)

CREATE TABLE jobs (
    id INTEGER NOT NULL PRIMARY KEY AUTOINCREMENT,
    task VARCHAR NOT NULL,
    args TEXT NOT NULL,
    "key" VARCHAR,
    dedupe VARCHAR,
    state VARCHAR NOT NULL,
    saved_at BIGINT NOT NULL,
    run_at BIGINT,
    attempts INTEGER DEFAULT '0' NOT NULL,
    beat INTEGER DEFAULT '0' NOT NULL,
    error TEXT
)

CREATE INDEX ix_jobs_key_id ON jobs ("key", id)

CREATE INDEX ix_jobs_state_run_at ON jobs (state, run_at)

CREATE UNIQUE INDEX uq_jobs_dedupe ON jobs (dedupe) WHERE state = 'waiting' AND attempts = 0

CREATE UNIQUE INDEX uq_jobs_running_key ON jobs ("key") WHERE state = 'running'

CREATE TABLE landings (
    tenant VARCHAR NOT NULL,
    destination VARCHAR NOT NULL,
    incident VARCHAR NOT NULL,
    channel TEXT NOT NULL,
    landed TEXT NOT NULL,
    at BIGINT NOT NULL,
    CONSTRAINT pk_landings PRIMARY KEY (tenant, destination, incident)
)

CREATE TABLE machines (
    tenant VARCHAR NOT NULL,
    saved_at BIGINT NOT NULL,
    state BLOB NOT NULL,
    CONSTRAINT pk_machines PRIMARY KEY (tenant)
)

CREATE TABLE marks (
    name VARCHAR NOT NULL,
    at BIGINT NOT NULL,
    CONSTRAINT pk_marks PRIMARY KEY (name)
)

CREATE TABLE observations (
    id INTEGER NOT NULL,
    tenant VARCHAR NOT NULL,
    at BIGINT NOT NULL,
    kind VARCHAR NOT NULL,
    route VARCHAR,
    probe VARCHAR,
    latency BIGINT,
    rest TEXT,
    version VARCHAR,
    CONSTRAINT pk_observations PRIMARY KEY (id)
)

CREATE INDEX ix_observations_at ON observations (at)

CREATE INDEX ix_observations_tenant_at ON observations (tenant, at)

CREATE TABLE route_minutes (
    tenant VARCHAR NOT NULL,
    route VARCHAR NOT NULL,
    at BIGINT NOT NULL,
    sent INTEGER NOT NULL,
    arrived INTEGER NOT NULL,
    refused INTEGER NOT NULL,
    bounced INTEGER NOT NULL,
    unreachable INTEGER NOT NULL,
    latency_sum BIGINT NOT NULL,
    latency_median BIGINT,
    latency_max BIGINT,
    CONSTRAINT pk_route_minutes PRIMARY KEY (tenant, route, at)
)
 WITHOUT ROWID

CREATE INDEX ix_route_minutes_at ON route_minutes (at)

CREATE TABLE route_quarters (
    tenant VARCHAR NOT NULL,
    route VARCHAR NOT NULL,
    at BIGINT NOT NULL,
    sent INTEGER NOT NULL,
    arrived INTEGER NOT NULL,
    refused INTEGER NOT NULL,
    bounced INTEGER NOT NULL,
    unreachable INTEGER NOT NULL,
    latency_sum BIGINT NOT NULL,
    latency_median BIGINT,
    latency_max BIGINT,
    CONSTRAINT pk_route_quarters PRIMARY KEY (tenant, route, at)
)
 WITHOUT ROWID

CREATE INDEX ix_route_quarters_at ON route_quarters (at)

CREATE TABLE schedules (
    name VARCHAR NOT NULL,
    next_at BIGINT NOT NULL,
    CONSTRAINT pk_schedules PRIMARY KEY (name)
)
