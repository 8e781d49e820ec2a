"""The tables of every room."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql
revision = '20261124_0002'
down_revision = '20261124_0001'
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table('audit_records',
    sa.Column('id', sa.Uuid(), nullable=False),
    sa.Column('created_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('tag', sa.String(), nullable=False),
    sa.Column('actor_id', sa.Uuid(), nullable=True),
    sa.Column('subject_type', sa.String(), nullable=False),
    sa.Column('subject_id', sa.Uuid(), nullable=False),
    sa.Column('at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('detail', sa.JSON().with_variant(postgresql.JSONB(), "postgresql"), nullable=False),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_audit_records'))
    )
    with op.batch_alter_table('audit_records', schema=None) as batch_op:
        batch_op.create_index('ix_audit_records_actor', ['actor_id'], unique=False)
        batch_op.create_index('ix_audit_records_subject', ['subject_type', 'subject_id'], unique=False)

    op.create_table('companies',
    sa.Column('id', sa.Uuid(), nullable=False),
    sa.Column('created_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('name', sa.String(), nullable=False),
    sa.Column('slug', sa.String(), nullable=False),
    sa.Column('country', sa.String(), nullable=False),
    sa.Column('website', sa.String(), nullable=False),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_companies')),
    sa.UniqueConstraint('slug', name=op.f('uq_companies_slug'))
    )
    op.create_table('failed_sign_ins',
    sa.Column('id', sa.Uuid(), nullable=False),
    sa.Column('created_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('counter', sa.String(), nullable=False),
    sa.Column('at', sa.DateTime(timezone=True), nullable=False),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_failed_sign_ins'))
    )
    with op.batch_alter_table('failed_sign_ins', schema=None) as batch_op:
        batch_op.create_index('ix_failed_sign_ins_counter', ['counter', 'at'], unique=False)

    op.create_table('inbox_facts',
    sa.Column('id', sa.Uuid(), nullable=False),
    sa.Column('created_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('source', sa.String(), nullable=False),
    sa.Column('external_id', sa.String(), nullable=False),
    sa.Column('kind', sa.String(), nullable=False),
    sa.Column('payload', sa.JSON().with_variant(postgresql.JSONB(), "postgresql"), nullable=False),
    sa.Column('processed_at', sa.DateTime(timezone=True), nullable=True),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_inbox_facts')),
    sa.UniqueConstraint('source', 'external_id', name=op.f('uq_inbox_facts_source_external_id'))
    )
    op.create_table('outbox_messages',
    sa.Column('id', sa.Uuid(), nullable=False),
    sa.Column('created_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('handler', sa.String(), nullable=False),
    sa.Column('key', sa.String(), nullable=False),
    sa.Column('payload', sa.JSON().with_variant(postgresql.JSONB(), "postgresql"), nullable=False),
    sa.Column('due_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('state', sa.Enum('due', 'done', 'dead', name='messagestate', native_enum=False, create_constraint=True, length=32), nullable=False),
    sa.Column('attempts', sa.Integer(), nullable=False),
    sa.Column('error', sa.String(), nullable=True),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_outbox_messages')),
    sa.UniqueConstraint('key', name=op.f('uq_outbox_messages_key'))
    )
    with op.batch_alter_table('outbox_messages', schema=None) as batch_op:
        batch_op.create_index('ix_outbox_messages_due', ['due_at', 'id'], unique=False, sqlite_where=sa.text("state = 'due'"), postgresql_where=sa.text("state = 'due'"))

    op.create_table('schedule_slots',
    sa.Column('name', sa.String(), nullable=False),
    sa.Column('slot', sa.DateTime(timezone=True), nullable=False),
    sa.PrimaryKeyConstraint('name', 'slot', name=op.f('pk_schedule_slots'))
    )
    op.create_table('users',
    sa.Column('id', sa.Uuid(), nullable=False),
    sa.Column('created_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('email', sa.String(), nullable=False),
    sa.Column('name', sa.String(), nullable=False),
    sa.Column('password_hash', sa.String(), nullable=False),
    sa.Column('state', sa.Enum('active', 'suspended', 'closed', name='userstate', native_enum=False, create_constraint=True, length=32), nullable=False),
    sa.Column('email_confirmed_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('time_zone', sa.String(), nullable=False),
    sa.Column('theme', sa.String(), nullable=False),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_users')),
    sa.UniqueConstraint('email', name=op.f('uq_users_email'))
    )
    op.create_table('deposits',
    sa.Column('id', sa.Uuid(), nullable=False),
    sa.Column('created_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('company_id', sa.Uuid(), nullable=False),
    sa.Column('by_id', sa.Uuid(), nullable=False),
    sa.Column('amount_minor', sa.BigInteger(), nullable=False),
    sa.Column('currency', sa.String(), nullable=False),
    sa.Column('state', sa.Enum('created', 'open', 'pending', 'succeeded', 'failed', 'expired', name='depositstate', native_enum=False, create_constraint=True, length=32), nullable=False),
    sa.Column('session_number', sa.Integer(), nullable=False),
    sa.Column('session_id', sa.String(), nullable=True),
    sa.Column('page_url', sa.String(), nullable=True),
    sa.Column('payment_intent_id', sa.String(), nullable=True),
    sa.Column('settled_at', sa.DateTime(timezone=True), nullable=True),
    sa.CheckConstraint('amount_minor > 0', name=op.f('ck_deposits_amount')),
    sa.ForeignKeyConstraint(['by_id'], ['users.id'], name=op.f('fk_deposits_by_id')),
    sa.ForeignKeyConstraint(['company_id'], ['companies.id'], name=op.f('fk_deposits_company_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_deposits')),
    sa.UniqueConstraint('payment_intent_id', name=op.f('uq_deposits_payment_intent_id')),
    sa.UniqueConstraint('session_id', name=op.f('uq_deposits_session_id'))
    )
    with op.batch_alter_table('deposits', schema=None) as batch_op:
        batch_op.create_index('ix_deposits_company', ['company_id', 'id'], unique=False)

    op.create_table('experts',
    sa.Column('id', sa.Uuid(), nullable=False),
    sa.Column('created_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('user_id', sa.Uuid(), nullable=False),
    sa.Column('headline', sa.String(), nullable=False),
    sa.Column('biography', sa.String(), nullable=False),
    sa.Column('country', sa.String(), nullable=False),
    sa.Column('languages', sa.JSON().with_variant(postgresql.JSONB(), "postgresql"), nullable=False),
    sa.ForeignKeyConstraint(['user_id'], ['users.id'], name=op.f('fk_experts_user_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_experts')),
    sa.UniqueConstraint('user_id', name=op.f('uq_experts_user_id'))
    )
    op.create_table('invitations',
    sa.Column('id', sa.Uuid(), nullable=False),
    sa.Column('created_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('company_id', sa.Uuid(), nullable=False),
    sa.Column('by_id', sa.Uuid(), nullable=False),
    sa.Column('email', sa.String(), nullable=False),
    sa.Column('role', sa.Enum('owner', 'manager', 'viewer', name='memberrole', native_enum=False, create_constraint=True, length=32), nullable=False),
    sa.Column('ends_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('state', sa.Enum('open', 'accepted', 'declined', 'withdrawn', name='invitationstate', native_enum=False, create_constraint=True, length=32), nullable=False),
    sa.ForeignKeyConstraint(['by_id'], ['users.id'], name=op.f('fk_invitations_by_id')),
    sa.ForeignKeyConstraint(['company_id'], ['companies.id'], name=op.f('fk_invitations_company_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_invitations'))
    )
    with op.batch_alter_table('invitations', schema=None) as batch_op:
        batch_op.create_index('ix_invitations_email', ['email', 'state'], unique=False)
        batch_op.create_index('uq_invitations_open', ['company_id', 'email'], unique=True, sqlite_where=sa.text("state = 'open'"), postgresql_where=sa.text("state = 'open'"))

    op.create_table('members',
    sa.Column('id', sa.Uuid(), nullable=False),
    sa.Column('created_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('company_id', sa.Uuid(), nullable=False),
    sa.Column('user_id', sa.Uuid(), nullable=False),
    sa.Column('role', sa.Enum('owner', 'manager', 'viewer', name='memberrole', native_enum=False, create_constraint=True, length=32), nullable=False),
    sa.Column('left_at', sa.DateTime(timezone=True), nullable=True),
    sa.ForeignKeyConstraint(['company_id'], ['companies.id'], name=op.f('fk_members_company_id')),
    sa.ForeignKeyConstraint(['user_id'], ['users.id'], name=op.f('fk_members_user_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_members')),
    sa.UniqueConstraint('company_id', 'user_id', name=op.f('uq_members_company_id_user_id'))
    )
    with op.batch_alter_table('members', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_members_user_id'), ['user_id'], unique=False)
        batch_op.create_index('uq_members_now', ['user_id'], unique=True, sqlite_where=sa.text('left_at IS NULL'), postgresql_where=sa.text('left_at IS NULL'))

    op.create_table('notices',
    sa.Column('id', sa.Uuid(), nullable=False),
    sa.Column('created_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('user_id', sa.Uuid(), nullable=False),
    sa.Column('kind', sa.String(), nullable=False),
    sa.Column('title', sa.String(), nullable=False),
    sa.Column('body', sa.String(), nullable=False),
    sa.Column('path', sa.String(), nullable=False),
    sa.Column('read_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('emailed_at', sa.DateTime(timezone=True), nullable=True),
    sa.ForeignKeyConstraint(['user_id'], ['users.id'], name=op.f('fk_notices_user_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_notices'))
    )
    with op.batch_alter_table('notices', schema=None) as batch_op:
        batch_op.create_index('ix_notices_unread', ['user_id'], unique=False, sqlite_where=sa.text('read_at IS NULL'), postgresql_where=sa.text('read_at IS NULL'))
        batch_op.create_index('ix_notices_user', ['user_id', 'id'], unique=False)

    op.create_table('payout_accounts',
    sa.Column('id', sa.Uuid(), nullable=False),
    sa.Column('created_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('user_id', sa.Uuid(), nullable=False),
    sa.Column('rail', sa.Enum('stripe', 'manual', name='rail', native_enum=False, create_constraint=True, length=32), nullable=False),
    sa.Column('country', sa.String(), nullable=False),
    sa.Column('external_id', sa.String(), nullable=True),
    sa.Column('state', sa.Enum('onboarding', 'ready', 'restricted', name='payoutaccountstate', native_enum=False, create_constraint=True, length=32), nullable=False),
    sa.Column('requirements', sa.JSON().with_variant(postgresql.JSONB(), "postgresql"), nullable=False),
    sa.Column('changed_at', sa.DateTime(timezone=True), nullable=True),
    sa.ForeignKeyConstraint(['user_id'], ['users.id'], name=op.f('fk_payout_accounts_user_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_payout_accounts')),
    sa.UniqueConstraint('external_id', name=op.f('uq_payout_accounts_external_id')),
    sa.UniqueConstraint('user_id', name=op.f('uq_payout_accounts_user_id'))
    )
    op.create_table('payout_runs',
    sa.Column('id', sa.Uuid(), nullable=False),
    sa.Column('created_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('prepared_by_id', sa.Uuid(), nullable=False),
    sa.Column('approved_by_id', sa.Uuid(), nullable=True),
    sa.Column('approved_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('cut_off_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('payout_count', sa.Integer(), nullable=False),
    sa.Column('total_minor', sa.BigInteger(), nullable=False),
    sa.Column('figures', sa.JSON().with_variant(postgresql.JSONB(), "postgresql"), nullable=False),
    sa.Column('state', sa.Enum('prepared', 'approved', 'cancelled', 'finished', name='runstate', native_enum=False, create_constraint=True, length=32), nullable=False),
    sa.CheckConstraint('approved_by_id <> prepared_by_id', name=op.f('ck_payout_runs_two_people')),
    sa.ForeignKeyConstraint(['approved_by_id'], ['users.id'], name=op.f('fk_payout_runs_approved_by_id')),
    sa.ForeignKeyConstraint(['prepared_by_id'], ['users.id'], name=op.f('fk_payout_runs_prepared_by_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_payout_runs'))
    )
    op.create_table('projects',
    sa.Column('id', sa.Uuid(), nullable=False),
    sa.Column('created_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('company_id', sa.Uuid(), nullable=False),
    sa.Column('slug', sa.String(), nullable=False),
    sa.Column('title', sa.String(), nullable=False),
    sa.Column('summary', sa.String(), nullable=False),
    sa.Column('description', sa.String(), nullable=False),
    sa.Column('search_text', sa.String(), nullable=False),
    sa.Column('task_type', sa.String(), nullable=False),
    sa.Column('specialty', sa.String(), nullable=False),
    sa.Column('tier', sa.String(), nullable=False),
    sa.Column('tier_rank', sa.Integer(), nullable=False),
    sa.Column('language', sa.String(), nullable=False),
    sa.Column('minutes', sa.Integer(), nullable=False),
    sa.Column('hourly_minor', sa.BigInteger(), nullable=False),
    sa.Column('price_minor', sa.BigInteger(), nullable=False),
    sa.Column('fee_minor', sa.BigInteger(), nullable=False),
    sa.Column('review_fee_minor', sa.BigInteger(), nullable=False),
    sa.Column('currency', sa.String(), nullable=False),
    sa.Column('overlap', sa.Integer(), nullable=False),
    sa.Column('auto_approve_hours', sa.Integer(), nullable=False),
    sa.Column('options', sa.JSON().with_variant(postgresql.JSONB(), "postgresql"), nullable=False),
    sa.Column('state', sa.Enum('draft', 'in_check', 'awaiting_funds', 'open', 'paused', 'closing', 'closed', 'cancelled', name='projectstate', native_enum=False, create_constraint=True, length=32), nullable=False),
    sa.Column('state_reason', sa.String(), nullable=False),
    sa.Column('opened_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('ends_at', sa.DateTime(timezone=True), nullable=True),
    sa.CheckConstraint('overlap BETWEEN 1 AND 15 AND minutes BETWEEN 1 AND 480', name=op.f('ck_projects_shape')),
    sa.CheckConstraint('price_minor > 0 AND fee_minor >= 0 AND review_fee_minor >= 0', name=op.f('ck_projects_amounts')),
    sa.ForeignKeyConstraint(['company_id'], ['companies.id'], name=op.f('fk_projects_company_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_projects')),
    sa.UniqueConstraint('slug', name=op.f('uq_projects_slug'))
    )
    with op.batch_alter_table('projects', schema=None) as batch_op:
        batch_op.create_index('ix_projects_board', ['state', 'opened_at', 'id'], unique=False)
        batch_op.create_index('ix_projects_company', ['company_id', 'id'], unique=False)

    op.create_table('reputations',
    sa.Column('id', sa.Uuid(), nullable=False),
    sa.Column('created_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('user_id', sa.Uuid(), nullable=False),
    sa.Column('task_type', sa.String(), nullable=False),
    sa.Column('approved_count', sa.Integer(), nullable=False),
    sa.Column('first_time_count', sa.Integer(), nullable=False),
    sa.Column('rejected_count', sa.Integer(), nullable=False),
    sa.ForeignKeyConstraint(['user_id'], ['users.id'], name=op.f('fk_reputations_user_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_reputations')),
    sa.UniqueConstraint('user_id', 'task_type', name=op.f('uq_reputations_user_id_task_type'))
    )
    op.create_table('sign_ins',
    sa.Column('id', sa.Uuid(), nullable=False),
    sa.Column('created_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('user_id', sa.Uuid(), nullable=False),
    sa.Column('token_hash', sa.String(), nullable=False),
    sa.Column('acting', sa.Enum('expert', 'reviewer', 'member', 'support', 'ops', 'finance', 'admin', name='role', native_enum=False, create_constraint=True, length=32), nullable=True),
    sa.Column('device', sa.String(), nullable=False),
    sa.Column('seen_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('ends_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('ended_at', sa.DateTime(timezone=True), nullable=True),
    sa.ForeignKeyConstraint(['user_id'], ['users.id'], name=op.f('fk_sign_ins_user_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_sign_ins')),
    sa.UniqueConstraint('token_hash', name=op.f('uq_sign_ins_token_hash'))
    )
    with op.batch_alter_table('sign_ins', schema=None) as batch_op:
        batch_op.create_index('ix_sign_ins_user', ['user_id', 'ended_at'], unique=False)

    op.create_table('user_roles',
    sa.Column('id', sa.Uuid(), nullable=False),
    sa.Column('created_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('user_id', sa.Uuid(), nullable=False),
    sa.Column('role', sa.Enum('expert', 'reviewer', 'member', 'support', 'ops', 'finance', 'admin', name='role', native_enum=False, create_constraint=True, length=32), nullable=False),
    sa.ForeignKeyConstraint(['user_id'], ['users.id'], name=op.f('fk_user_roles_user_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_user_roles')),
    sa.UniqueConstraint('user_id', 'role', name=op.f('uq_user_roles_user_id_role'))
    )
    op.create_table('applications',
    sa.Column('id', sa.Uuid(), nullable=False),
    sa.Column('created_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('expert_id', sa.Uuid(), nullable=False),
    sa.Column('project_id', sa.Uuid(), nullable=False),
    sa.Column('state', sa.Enum('received', 'in_screening', 'offered', 'engaged', 'closed', name='applicationstate', native_enum=False, create_constraint=True, length=32), nullable=False),
    sa.Column('closed_reason', sa.String(), nullable=False),
    sa.Column('rules', sa.JSON().with_variant(postgresql.JSONB(), "postgresql"), nullable=False),
    sa.Column('offer_ends_at', sa.DateTime(timezone=True), nullable=True),
    sa.ForeignKeyConstraint(['expert_id'], ['experts.id'], name=op.f('fk_applications_expert_id')),
    sa.ForeignKeyConstraint(['project_id'], ['projects.id'], name=op.f('fk_applications_project_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_applications'))
    )
    with op.batch_alter_table('applications', schema=None) as batch_op:
        batch_op.create_index('ix_applications_expert', ['expert_id', 'id'], unique=False)
        batch_op.create_index('ix_applications_offers', ['offer_ends_at'], unique=False, sqlite_where=sa.text("state = 'offered'"), postgresql_where=sa.text("state = 'offered'"))
        batch_op.create_index('ix_applications_project', ['project_id', 'id'], unique=False)
        batch_op.create_index('uq_applications_live', ['expert_id', 'project_id'], unique=True, sqlite_where=sa.text("state IN ('received', 'in_screening', 'offered')"), postgresql_where=sa.text("state IN ('received', 'in_screening', 'offered')"))

    op.create_table('batches',
    sa.Column('id', sa.Uuid(), nullable=False),
    sa.Column('created_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('project_id', sa.Uuid(), nullable=False),
    sa.Column('number', sa.Integer(), nullable=False),
    sa.Column('file_name', sa.String(), nullable=False),
    sa.Column('task_count', sa.Integer(), nullable=False),
    sa.Column('state', sa.Enum('staging', 'in_progress', 'paused', 'completed', 'cancelled', name='batchstate', native_enum=False, create_constraint=True, length=32), nullable=False),
    sa.ForeignKeyConstraint(['project_id'], ['projects.id'], name=op.f('fk_batches_project_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_batches')),
    sa.UniqueConstraint('project_id', 'number', name=op.f('uq_batches_project_id_number'))
    )
    op.create_table('credentials',
    sa.Column('id', sa.Uuid(), nullable=False),
    sa.Column('created_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('expert_id', sa.Uuid(), nullable=False),
    sa.Column('kind', sa.Enum('degree', 'licence', 'board_certification', 'certificate', 'employment', 'publication', name='credentialkind', native_enum=False, create_constraint=True, length=32), nullable=False),
    sa.Column('specialty', sa.String(), nullable=False),
    sa.Column('title', sa.String(), nullable=False),
    sa.Column('issuer', sa.String(), nullable=False),
    sa.Column('country', sa.String(), nullable=False),
    sa.Column('issued_on', sa.Date(), nullable=False),
    sa.Column('expires_on', sa.Date(), nullable=True),
    sa.Column('evidence_key', sa.String(), nullable=True),
    sa.Column('evidence_name', sa.String(), nullable=False),
    sa.Column('evidence_type', sa.String(), nullable=False),
    sa.Column('evidence_bytes', sa.Integer(), nullable=False),
    sa.Column('state', sa.Enum('unverified', 'submitted', 'in_review', 'verified', 'expiring', 'expired', 'rejected', 'revoked', 'deleted', name='credentialstate', native_enum=False, create_constraint=True, length=32), nullable=False),
    sa.Column('submitted_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('opened_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('opened_by_id', sa.Uuid(), nullable=True),
    sa.Column('verified_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('reminded_days', sa.Integer(), nullable=True),
    sa.ForeignKeyConstraint(['expert_id'], ['experts.id'], name=op.f('fk_credentials_expert_id')),
    sa.ForeignKeyConstraint(['opened_by_id'], ['users.id'], name=op.f('fk_credentials_opened_by_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_credentials'))
    )
    with op.batch_alter_table('credentials', schema=None) as batch_op:
        batch_op.create_index('ix_credentials_expert', ['expert_id', 'state'], unique=False)
        batch_op.create_index('ix_credentials_expires', ['expires_on'], unique=False)
        batch_op.create_index('ix_credentials_state', ['state', 'id'], unique=False)

    op.create_table('expert_specialties',
    sa.Column('id', sa.Uuid(), nullable=False),
    sa.Column('created_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('expert_id', sa.Uuid(), nullable=False),
    sa.Column('specialty', sa.String(), nullable=False),
    sa.Column('years', sa.Integer(), nullable=False),
    sa.ForeignKeyConstraint(['expert_id'], ['experts.id'], name=op.f('fk_expert_specialties_expert_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_expert_specialties')),
    sa.UniqueConstraint('expert_id', 'specialty', name=op.f('uq_expert_specialties_expert_id_specialty'))
    )
    op.create_table('exports',
    sa.Column('id', sa.Uuid(), nullable=False),
    sa.Column('created_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('project_id', sa.Uuid(), nullable=False),
    sa.Column('by_id', sa.Uuid(), nullable=False),
    sa.Column('state', sa.Enum('building', 'frozen', 'failed', 'superseded', name='exportstate', native_enum=False, create_constraint=True, length=32), nullable=False),
    sa.Column('manifest', sa.JSON().with_variant(postgresql.JSONB(), "postgresql"), nullable=False),
    sa.Column('frozen_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('problem', sa.String(), nullable=False),
    sa.ForeignKeyConstraint(['by_id'], ['users.id'], name=op.f('fk_exports_by_id')),
    sa.ForeignKeyConstraint(['project_id'], ['projects.id'], name=op.f('fk_exports_project_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_exports'))
    )
    with op.batch_alter_table('exports', schema=None) as batch_op:
        batch_op.create_index('ix_exports_project', ['project_id', 'id'], unique=False)

    op.create_table('guideline_versions',
    sa.Column('id', sa.Uuid(), nullable=False),
    sa.Column('created_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('project_id', sa.Uuid(), nullable=False),
    sa.Column('number', sa.Integer(), nullable=False),
    sa.Column('sha256', sa.String(), nullable=False),
    sa.Column('published_at', sa.DateTime(timezone=True), nullable=True),
    sa.ForeignKeyConstraint(['project_id'], ['projects.id'], name=op.f('fk_guideline_versions_project_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_guideline_versions')),
    sa.UniqueConstraint('project_id', 'number', name=op.f('uq_guideline_versions_project_id_number'))
    )
    op.create_table('payouts',
    sa.Column('id', sa.Uuid(), nullable=False),
    sa.Column('created_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('run_id', sa.Uuid(), nullable=True),
    sa.Column('user_id', sa.Uuid(), nullable=False),
    sa.Column('rail', sa.Enum('stripe', 'manual', name='rail', native_enum=False, create_constraint=True, length=32), nullable=False),
    sa.Column('destination', sa.String(), nullable=False),
    sa.Column('amount_minor', sa.BigInteger(), nullable=False),
    sa.Column('currency', sa.String(), nullable=False),
    sa.Column('state', sa.Enum('scheduled', 'on_hold', 'approved', 'sent', 'paid', 'failed', 'cancelled', name='payoutstate', native_enum=False, create_constraint=True, length=32), nullable=False),
    sa.Column('hold_reason', sa.String(), nullable=False),
    sa.Column('provider_key', sa.String(), nullable=True),
    sa.Column('external_id', sa.String(), nullable=True),
    sa.Column('alarm', sa.String(), nullable=True),
    sa.Column('sent_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('ended_at', sa.DateTime(timezone=True), nullable=True),
    sa.CheckConstraint("(state = 'paid') = (external_id IS NOT NULL)", name=op.f('ck_payouts_paid_has_proof')),
    sa.CheckConstraint("state NOT IN ('sent', 'paid') OR provider_key IS NOT NULL", name=op.f('ck_payouts_sent_has_key')),
    sa.CheckConstraint('amount_minor > 0', name=op.f('ck_payouts_amount')),
    sa.ForeignKeyConstraint(['run_id'], ['payout_runs.id'], name=op.f('fk_payouts_run_id')),
    sa.ForeignKeyConstraint(['user_id'], ['users.id'], name=op.f('fk_payouts_user_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_payouts')),
    sa.UniqueConstraint('external_id', name=op.f('uq_payouts_external_id'))
    )
    with op.batch_alter_table('payouts', schema=None) as batch_op:
        batch_op.create_index('ix_payouts_run', ['run_id', 'id'], unique=False)
        batch_op.create_index('ix_payouts_state', ['state', 'id'], unique=False)
        batch_op.create_index('ix_payouts_user', ['user_id', 'id'], unique=False)

    op.create_table('project_fundings',
    sa.Column('id', sa.Uuid(), nullable=False),
    sa.Column('created_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('project_id', sa.Uuid(), nullable=False),
    sa.Column('by_id', sa.Uuid(), nullable=True),
    sa.Column('amount_minor', sa.BigInteger(), nullable=False),
    sa.ForeignKeyConstraint(['by_id'], ['users.id'], name=op.f('fk_project_fundings_by_id')),
    sa.ForeignKeyConstraint(['project_id'], ['projects.id'], name=op.f('fk_project_fundings_project_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_project_fundings'))
    )
    with op.batch_alter_table('project_fundings', schema=None) as batch_op:
        batch_op.create_index('ix_project_fundings_project', ['project_id'], unique=False)

    op.create_table('earnings',
    sa.Column('id', sa.Uuid(), nullable=False),
    sa.Column('created_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('user_id', sa.Uuid(), nullable=False),
    sa.Column('project_id', sa.Uuid(), nullable=True),
    sa.Column('payout_id', sa.Uuid(), nullable=True),
    sa.Column('kind', sa.Enum('submission', 'stop', 'cancellation', 'screening', 'review', 'adjudication', 'bonus', 'goodwill', name='earningkind', native_enum=False, create_constraint=True, length=32), nullable=False),
    sa.Column('amount_minor', sa.BigInteger(), nullable=False),
    sa.Column('currency', sa.String(), nullable=False),
    sa.Column('ledger_key', sa.String(), nullable=False),
    sa.Column('ref_type', sa.String(), nullable=False),
    sa.Column('ref_id', sa.Uuid(), nullable=False),
    sa.Column('reason', sa.String(), nullable=False),
    sa.Column('state', sa.Enum('pending', 'available', 'in_transit', 'paid', 'reversed', name='earningstate', native_enum=False, create_constraint=True, length=32), nullable=False),
    sa.Column('available_at', sa.DateTime(timezone=True), nullable=False),
    sa.CheckConstraint('amount_minor > 0', name=op.f('ck_earnings_amount')),
    sa.ForeignKeyConstraint(['payout_id'], ['payouts.id'], name=op.f('fk_earnings_payout_id')),
    sa.ForeignKeyConstraint(['project_id'], ['projects.id'], name=op.f('fk_earnings_project_id')),
    sa.ForeignKeyConstraint(['user_id'], ['users.id'], name=op.f('fk_earnings_user_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_earnings')),
    sa.UniqueConstraint('ledger_key', name=op.f('uq_earnings_ledger_key'))
    )
    with op.batch_alter_table('earnings', schema=None) as batch_op:
        batch_op.create_index('ix_earnings_due', ['state', 'available_at'], unique=False)
        batch_op.create_index('ix_earnings_payout', ['payout_id'], unique=False)
        batch_op.create_index('ix_earnings_user', ['user_id', 'id'], unique=False)

    op.create_table('engagements',
    sa.Column('id', sa.Uuid(), nullable=False),
    sa.Column('created_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('expert_id', sa.Uuid(), nullable=False),
    sa.Column('project_id', sa.Uuid(), nullable=False),
    sa.Column('acknowledged_id', sa.Uuid(), nullable=False),
    sa.Column('signed_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('signed_name', sa.String(), nullable=False),
    sa.Column('terms_version', sa.String(), nullable=False),
    sa.Column('state', sa.Enum('active', 'suspended', 'revoked', 'ended', name='engagementstate', native_enum=False, create_constraint=True, length=32), nullable=False),
    sa.ForeignKeyConstraint(['acknowledged_id'], ['guideline_versions.id'], name=op.f('fk_engagements_acknowledged_id')),
    sa.ForeignKeyConstraint(['expert_id'], ['experts.id'], name=op.f('fk_engagements_expert_id')),
    sa.ForeignKeyConstraint(['project_id'], ['projects.id'], name=op.f('fk_engagements_project_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_engagements')),
    sa.UniqueConstraint('expert_id', 'project_id', name=op.f('uq_engagements_expert_id_project_id'))
    )
    with op.batch_alter_table('engagements', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_engagements_project_id'), ['project_id'], unique=False)

    op.create_table('export_files',
    sa.Column('id', sa.Uuid(), nullable=False),
    sa.Column('created_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('export_id', sa.Uuid(), nullable=False),
    sa.Column('name', sa.String(), nullable=False),
    sa.Column('format', sa.String(), nullable=False),
    sa.Column('storage_key', sa.String(), nullable=False),
    sa.Column('sha256', sa.String(), nullable=False),
    sa.Column('byte_count', sa.Integer(), nullable=False),
    sa.Column('line_count', sa.Integer(), nullable=False),
    sa.ForeignKeyConstraint(['export_id'], ['exports.id'], name=op.f('fk_export_files_export_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_export_files')),
    sa.UniqueConstraint('export_id', 'name', name=op.f('uq_export_files_export_id_name'))
    )
    op.create_table('guideline_clauses',
    sa.Column('id', sa.Uuid(), nullable=False),
    sa.Column('created_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('version_id', sa.Uuid(), nullable=False),
    sa.Column('number', sa.Integer(), nullable=False),
    sa.Column('title', sa.String(), nullable=False),
    sa.Column('text', sa.String(), nullable=False),
    sa.Column('good', sa.String(), nullable=False),
    sa.Column('bad', sa.String(), nullable=False),
    sa.ForeignKeyConstraint(['version_id'], ['guideline_versions.id'], name=op.f('fk_guideline_clauses_version_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_guideline_clauses')),
    sa.UniqueConstraint('version_id', 'number', name=op.f('uq_guideline_clauses_version_id_number'))
    )
    op.create_table('payout_attempts',
    sa.Column('id', sa.Uuid(), nullable=False),
    sa.Column('created_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('payout_id', sa.Uuid(), nullable=False),
    sa.Column('number', sa.Integer(), nullable=False),
    sa.Column('idempotency_key', sa.String(), nullable=False),
    sa.Column('outcome', sa.Enum('open', 'accepted', 'refused', 'not_now', 'unknown', name='attemptoutcome', native_enum=False, create_constraint=True, length=32), nullable=False),
    sa.Column('replayed', sa.Boolean(), nullable=False),
    sa.Column('http_status', sa.Integer(), nullable=True),
    sa.Column('error_code', sa.String(), nullable=True),
    sa.Column('request_id', sa.String(), nullable=True),
    sa.Column('started_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('finished_at', sa.DateTime(timezone=True), nullable=True),
    sa.ForeignKeyConstraint(['payout_id'], ['payouts.id'], name=op.f('fk_payout_attempts_payout_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_payout_attempts')),
    sa.UniqueConstraint('payout_id', 'number', name=op.f('uq_payout_attempts_payout_id_number'))
    )
    op.create_table('payout_searches',
    sa.Column('id', sa.Uuid(), nullable=False),
    sa.Column('created_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('payout_id', sa.Uuid(), nullable=False),
    sa.Column('at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('found_count', sa.Integer(), nullable=False),
    sa.ForeignKeyConstraint(['payout_id'], ['payouts.id'], name=op.f('fk_payout_searches_payout_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_payout_searches'))
    )
    with op.batch_alter_table('payout_searches', schema=None) as batch_op:
        batch_op.create_index('ix_payout_searches_payout', ['payout_id', 'at'], unique=False)

    op.create_table('task_imports',
    sa.Column('id', sa.Uuid(), nullable=False),
    sa.Column('created_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('project_id', sa.Uuid(), nullable=False),
    sa.Column('by_id', sa.Uuid(), nullable=False),
    sa.Column('file_name', sa.String(), nullable=False),
    sa.Column('file_format', sa.String(), nullable=False),
    sa.Column('storage_key', sa.String(), nullable=False),
    sa.Column('sha256', sa.String(), nullable=False),
    sa.Column('good_count', sa.Integer(), nullable=False),
    sa.Column('bad_count', sa.Integer(), nullable=False),
    sa.Column('duplicate_count', sa.Integer(), nullable=False),
    sa.Column('report', sa.JSON().with_variant(postgresql.JSONB(), "postgresql"), nullable=False),
    sa.Column('state', sa.Enum('checked', 'confirmed', 'discarded', name='taskimportstate', native_enum=False, create_constraint=True, length=32), nullable=False),
    sa.Column('batch_id', sa.Uuid(), nullable=True),
    sa.ForeignKeyConstraint(['batch_id'], ['batches.id'], name=op.f('fk_task_imports_batch_id')),
    sa.ForeignKeyConstraint(['by_id'], ['users.id'], name=op.f('fk_task_imports_by_id')),
    sa.ForeignKeyConstraint(['project_id'], ['projects.id'], name=op.f('fk_task_imports_project_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_task_imports'))
    )
    with op.batch_alter_table('task_imports', schema=None) as batch_op:
        batch_op.create_index('ix_task_imports_project', ['project_id', 'id'], unique=False)

    op.create_table('tasks',
    sa.Column('id', sa.Uuid(), nullable=False),
    sa.Column('created_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('project_id', sa.Uuid(), nullable=False),
    sa.Column('batch_id', sa.Uuid(), nullable=False),
    sa.Column('external_id', sa.String(), nullable=False),
    sa.Column('position', sa.Integer(), nullable=False),
    sa.Column('task_type', sa.String(), nullable=False),
    sa.Column('type_version', sa.Integer(), nullable=False),
    sa.Column('payload', sa.JSON().with_variant(postgresql.JSONB(), "postgresql"), nullable=False),
    sa.Column('payload_sha256', sa.String(), nullable=False),
    sa.Column('overlap', sa.Integer(), nullable=False),
    sa.Column('taken_count', sa.Integer(), nullable=False),
    sa.Column('approved_count', sa.Integer(), nullable=False),
    sa.Column('state', sa.Enum('staged', 'available', 'saturated', 'done', 'quarantined', 'withdrawn', name='taskstate', native_enum=False, create_constraint=True, length=32), nullable=False),
    sa.CheckConstraint('approved_count BETWEEN 0 AND taken_count', name=op.f('ck_tasks_approved')),
    sa.CheckConstraint('taken_count BETWEEN 0 AND overlap', name=op.f('ck_tasks_never_more_than_n')),
    sa.ForeignKeyConstraint(['batch_id'], ['batches.id'], name=op.f('fk_tasks_batch_id')),
    sa.ForeignKeyConstraint(['project_id'], ['projects.id'], name=op.f('fk_tasks_project_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_tasks')),
    sa.UniqueConstraint('project_id', 'external_id', name=op.f('uq_tasks_project_id_external_id')),
    sa.UniqueConstraint('project_id', 'position', name=op.f('uq_tasks_project_id_position'))
    )
    with op.batch_alter_table('tasks', schema=None) as batch_op:
        batch_op.create_index('ix_tasks_available', ['project_id', 'position'], unique=False, sqlite_where=sa.text("state = 'available'"), postgresql_where=sa.text("state = 'available'"))
        batch_op.create_index(batch_op.f('ix_tasks_batch_id'), ['batch_id'], unique=False)
        batch_op.create_index('ix_tasks_project', ['project_id', 'state', 'position'], unique=False)

    op.create_table('verifications',
    sa.Column('id', sa.Uuid(), nullable=False),
    sa.Column('created_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('credential_id', sa.Uuid(), nullable=False),
    sa.Column('by_id', sa.Uuid(), nullable=False),
    sa.Column('accepted', sa.Boolean(), nullable=False),
    sa.Column('method', sa.String(), nullable=False),
    sa.Column('reason', sa.String(), nullable=False),
    sa.Column('fix', sa.String(), nullable=False),
    sa.Column('at', sa.DateTime(timezone=True), nullable=False),
    sa.ForeignKeyConstraint(['by_id'], ['users.id'], name=op.f('fk_verifications_by_id')),
    sa.ForeignKeyConstraint(['credential_id'], ['credentials.id'], name=op.f('fk_verifications_credential_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_verifications'))
    )
    with op.batch_alter_table('verifications', schema=None) as batch_op:
        batch_op.create_index('ix_verifications_credential', ['credential_id'], unique=False)

    op.create_table('assignments',
    sa.Column('id', sa.Uuid(), nullable=False),
    sa.Column('created_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('task_id', sa.Uuid(), nullable=False),
    sa.Column('project_id', sa.Uuid(), nullable=False),
    sa.Column('expert_id', sa.Uuid(), nullable=False),
    sa.Column('user_id', sa.Uuid(), nullable=False),
    sa.Column('engagement_id', sa.Uuid(), nullable=False),
    sa.Column('guideline_id', sa.Uuid(), nullable=False),
    sa.Column('price_minor', sa.BigInteger(), nullable=False),
    sa.Column('fee_minor', sa.BigInteger(), nullable=False),
    sa.Column('review_fee_minor', sa.BigInteger(), nullable=False),
    sa.Column('pay_rule_sha256', sa.String(), nullable=False),
    sa.Column('minutes', sa.Integer(), nullable=False),
    sa.Column('display_seed', sa.Integer(), nullable=False),
    sa.Column('state', sa.Enum('held', 'active', 'submitted', 'released', 'stopped', 'expired', 'cancelled', name='assignmentstate', native_enum=False, create_constraint=True, length=32), nullable=False),
    sa.Column('claimed_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('expires_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('extensions', sa.Integer(), nullable=False),
    sa.Column('ended_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('end_reason', sa.String(), nullable=False),
    sa.Column('end_note', sa.String(), nullable=False),
    sa.ForeignKeyConstraint(['engagement_id'], ['engagements.id'], name=op.f('fk_assignments_engagement_id')),
    sa.ForeignKeyConstraint(['expert_id'], ['experts.id'], name=op.f('fk_assignments_expert_id')),
    sa.ForeignKeyConstraint(['guideline_id'], ['guideline_versions.id'], name=op.f('fk_assignments_guideline_id')),
    sa.ForeignKeyConstraint(['project_id'], ['projects.id'], name=op.f('fk_assignments_project_id')),
    sa.ForeignKeyConstraint(['task_id'], ['tasks.id'], name=op.f('fk_assignments_task_id')),
    sa.ForeignKeyConstraint(['user_id'], ['users.id'], name=op.f('fk_assignments_user_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_assignments'))
    )
    with op.batch_alter_table('assignments', schema=None) as batch_op:
        batch_op.create_index('ix_assignments_deadline', ['expires_at'], unique=False, sqlite_where=sa.text("state IN ('active', 'held')"), postgresql_where=sa.text("state IN ('active', 'held')"))
        batch_op.create_index('ix_assignments_project', ['project_id', 'state'], unique=False)
        batch_op.create_index('ix_assignments_task', ['task_id'], unique=False)
        batch_op.create_index('ix_assignments_user', ['user_id', 'id'], unique=False)
        batch_op.create_index('uq_assignments_one_active', ['user_id', 'project_id'], unique=True, sqlite_where=sa.text("state = 'active'"), postgresql_where=sa.text("state = 'active'"))
        batch_op.create_index('uq_assignments_one_held', ['user_id'], unique=True, sqlite_where=sa.text("state = 'held'"), postgresql_where=sa.text("state = 'held'"))

    op.create_table('task_parts',
    sa.Column('id', sa.Uuid(), nullable=False),
    sa.Column('created_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('task_id', sa.Uuid(), nullable=False),
    sa.Column('user_id', sa.Uuid(), nullable=False),
    sa.Column('part', sa.Enum('author', 'reviewer', name='part', native_enum=False, create_constraint=True, length=32), nullable=False),
    sa.ForeignKeyConstraint(['task_id'], ['tasks.id'], name=op.f('fk_task_parts_task_id')),
    sa.ForeignKeyConstraint(['user_id'], ['users.id'], name=op.f('fk_task_parts_user_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_task_parts')),
    sa.UniqueConstraint('task_id', 'user_id', name=op.f('uq_task_parts_task_id_user_id'))
    )
    with op.batch_alter_table('task_parts', schema=None) as batch_op:
        batch_op.create_index('ix_task_parts_user', ['user_id'], unique=False)

    op.create_table('drafts',
    sa.Column('id', sa.Uuid(), nullable=False),
    sa.Column('created_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('assignment_id', sa.Uuid(), nullable=False),
    sa.Column('rev', sa.Integer(), nullable=False),
    sa.Column('answer', sa.JSON().with_variant(postgresql.JSONB(), "postgresql"), nullable=False),
    sa.Column('note', sa.String(), nullable=False),
    sa.Column('confidence', sa.Integer(), nullable=True),
    sa.Column('active_seconds', sa.Integer(), nullable=False),
    sa.Column('saved_at', sa.DateTime(timezone=True), nullable=True),
    sa.ForeignKeyConstraint(['assignment_id'], ['assignments.id'], name=op.f('fk_drafts_assignment_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_drafts')),
    sa.UniqueConstraint('assignment_id', name=op.f('uq_drafts_assignment_id'))
    )
    op.create_table('submissions',
    sa.Column('id', sa.Uuid(), nullable=False),
    sa.Column('created_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('assignment_id', sa.Uuid(), nullable=False),
    sa.Column('task_id', sa.Uuid(), nullable=False),
    sa.Column('project_id', sa.Uuid(), nullable=False),
    sa.Column('user_id', sa.Uuid(), nullable=False),
    sa.Column('answer', sa.JSON().with_variant(postgresql.JSONB(), "postgresql"), nullable=False),
    sa.Column('note', sa.String(), nullable=False),
    sa.Column('confidence', sa.Integer(), nullable=True),
    sa.Column('confirmed', sa.JSON().with_variant(postgresql.JSONB(), "postgresql"), nullable=False),
    sa.Column('active_seconds', sa.Integer(), nullable=False),
    sa.Column('submitted_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('by_deadline', sa.Boolean(), nullable=False),
    sa.Column('round', sa.Integer(), nullable=False),
    sa.Column('changes_left', sa.Integer(), nullable=False),
    sa.Column('state', sa.Enum('submitted', 'undone', 'in_review', 'second_look', 'changes_requested', 'resubmitted', 'final_review', 'adjudication', 'approved', 'auto_approved', 'approved_on_appeal', 'excluded_paid', 'rejected', 'final_rejected', name='submissionstate', native_enum=False, create_constraint=True, length=32), nullable=False),
    sa.Column('auto_approve_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('due_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('decided_at', sa.DateTime(timezone=True), nullable=True),
    sa.ForeignKeyConstraint(['assignment_id'], ['assignments.id'], name=op.f('fk_submissions_assignment_id')),
    sa.ForeignKeyConstraint(['project_id'], ['projects.id'], name=op.f('fk_submissions_project_id')),
    sa.ForeignKeyConstraint(['task_id'], ['tasks.id'], name=op.f('fk_submissions_task_id')),
    sa.ForeignKeyConstraint(['user_id'], ['users.id'], name=op.f('fk_submissions_user_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_submissions'))
    )
    with op.batch_alter_table('submissions', schema=None) as batch_op:
        batch_op.create_index('ix_submissions_due', ['state', 'due_at'], unique=False)
        batch_op.create_index('ix_submissions_project', ['project_id', 'state', 'id'], unique=False)
        batch_op.create_index('ix_submissions_task', ['task_id'], unique=False)
        batch_op.create_index('ix_submissions_user', ['user_id', 'id'], unique=False)
        batch_op.create_index('uq_submissions_one_live', ['assignment_id'], unique=True, sqlite_where=sa.text("state <> 'undone'"), postgresql_where=sa.text("state <> 'undone'"))

    op.create_table('time_entries',
    sa.Column('id', sa.Uuid(), nullable=False),
    sa.Column('created_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('assignment_id', sa.Uuid(), nullable=False),
    sa.Column('started_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('ended_at', sa.DateTime(timezone=True), nullable=False),
    sa.ForeignKeyConstraint(['assignment_id'], ['assignments.id'], name=op.f('fk_time_entries_assignment_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_time_entries'))
    )
    with op.batch_alter_table('time_entries', schema=None) as batch_op:
        batch_op.create_index('ix_time_entries_assignment', ['assignment_id', 'started_at'], unique=False)

    op.create_table('draft_revisions',
    sa.Column('id', sa.Uuid(), nullable=False),
    sa.Column('created_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('draft_id', sa.Uuid(), nullable=False),
    sa.Column('rev', sa.Integer(), nullable=False),
    sa.Column('answer', sa.JSON().with_variant(postgresql.JSONB(), "postgresql"), nullable=False),
    sa.Column('at', sa.DateTime(timezone=True), nullable=False),
    sa.ForeignKeyConstraint(['draft_id'], ['drafts.id'], name=op.f('fk_draft_revisions_draft_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_draft_revisions')),
    sa.UniqueConstraint('draft_id', 'rev', name=op.f('uq_draft_revisions_draft_id_rev'))
    )
    op.create_table('reviews',
    sa.Column('id', sa.Uuid(), nullable=False),
    sa.Column('created_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('submission_id', sa.Uuid(), nullable=False),
    sa.Column('reviewer_id', sa.Uuid(), nullable=True),
    sa.Column('round', sa.Integer(), nullable=False),
    sa.Column('fee_minor', sa.BigInteger(), nullable=False),
    sa.Column('due_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('state', sa.Enum('queued', 'open', 'pending', 'decided', 'lapsed', 'in_audit', 'confirmed', 'overturned', name='reviewstate', native_enum=False, create_constraint=True, length=32), nullable=False),
    sa.Column('came_from', sa.Enum('submitted', 'undone', 'in_review', 'second_look', 'changes_requested', 'resubmitted', 'final_review', 'adjudication', 'approved', 'auto_approved', 'approved_on_appeal', 'excluded_paid', 'rejected', 'final_rejected', name='submissionstate', native_enum=False, create_constraint=True, length=32), nullable=True),
    sa.Column('opened_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('locked_until', sa.DateTime(timezone=True), nullable=True),
    sa.Column('verdict', sa.Enum('approve', 'approve_with_edits', 'exclude_but_pay', 'ask_for_changes', 'reject', name='verdict', native_enum=False, create_constraint=True, length=32), nullable=True),
    sa.Column('reason_code', sa.String(), nullable=True),
    sa.Column('clauses', sa.JSON().with_variant(postgresql.JSONB(), "postgresql"), nullable=False),
    sa.Column('note', sa.String(), nullable=False),
    sa.Column('acts_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('decided_at', sa.DateTime(timezone=True), nullable=True),
    sa.CheckConstraint("state NOT IN ('open', 'pending', 'decided') OR reviewer_id IS NOT NULL", name=op.f('ck_reviews_served_to_somebody')),
    sa.CheckConstraint("state NOT IN ('pending', 'decided') OR verdict IS NOT NULL", name=op.f('ck_reviews_decided_somehow')),
    sa.ForeignKeyConstraint(['reviewer_id'], ['users.id'], name=op.f('fk_reviews_reviewer_id')),
    sa.ForeignKeyConstraint(['submission_id'], ['submissions.id'], name=op.f('fk_reviews_submission_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_reviews')),
    sa.UniqueConstraint('submission_id', 'round', name=op.f('uq_reviews_submission_id_round'))
    )
    with op.batch_alter_table('reviews', schema=None) as batch_op:
        batch_op.create_index('ix_reviews_acts_at', ['acts_at'], unique=False, sqlite_where=sa.text("state = 'pending'"), postgresql_where=sa.text("state = 'pending'"))
        batch_op.create_index('ix_reviews_locked_until', ['locked_until'], unique=False, sqlite_where=sa.text("state = 'open'"), postgresql_where=sa.text("state = 'open'"))
        batch_op.create_index('ix_reviews_queue', ['due_at', 'id'], unique=False, sqlite_where=sa.text("state = 'queued'"), postgresql_where=sa.text("state = 'queued'"))
        batch_op.create_index('ix_reviews_reviewer', ['reviewer_id', 'id'], unique=False)
        batch_op.create_index('uq_reviews_one_open', ['reviewer_id'], unique=True, sqlite_where=sa.text("state = 'open'"), postgresql_where=sa.text("state = 'open'"))

    op.create_table('step_asides',
    sa.Column('id', sa.Uuid(), nullable=False),
    sa.Column('created_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('submission_id', sa.Uuid(), nullable=False),
    sa.Column('user_id', sa.Uuid(), nullable=False),
    sa.Column('round', sa.Integer(), nullable=False),
    sa.Column('reason', sa.String(), nullable=False),
    sa.ForeignKeyConstraint(['submission_id'], ['submissions.id'], name=op.f('fk_step_asides_submission_id')),
    sa.ForeignKeyConstraint(['user_id'], ['users.id'], name=op.f('fk_step_asides_user_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_step_asides')),
    sa.UniqueConstraint('submission_id', 'user_id', name=op.f('uq_step_asides_submission_id_user_id'))
    )
    with op.batch_alter_table('step_asides', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_step_asides_user_id'), ['user_id'], unique=False)

    op.create_table('submission_revisions',
    sa.Column('id', sa.Uuid(), nullable=False),
    sa.Column('created_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('submission_id', sa.Uuid(), nullable=False),
    sa.Column('round', sa.Integer(), nullable=False),
    sa.Column('answer', sa.JSON().with_variant(postgresql.JSONB(), "postgresql"), nullable=False),
    sa.Column('note', sa.String(), nullable=False),
    sa.Column('at', sa.DateTime(timezone=True), nullable=False),
    sa.ForeignKeyConstraint(['submission_id'], ['submissions.id'], name=op.f('fk_submission_revisions_submission_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_submission_revisions')),
    sa.UniqueConstraint('submission_id', 'round', name=op.f('uq_submission_revisions_submission_id_round'))
    )

    if op.get_bind().dialect.name == "postgresql":
        op.execute(
            "CREATE FUNCTION audit_refuse() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN "
            "RAISE EXCEPTION USING MESSAGE = TG_TABLE_NAME || ' is append-only', "
            "ERRCODE = 'integrity_constraint_violation'; END $$"
        )
        op.execute(
            "CREATE TRIGGER audit_records_append_only BEFORE UPDATE OR DELETE ON audit_records "
            "FOR EACH ROW EXECUTE FUNCTION audit_refuse()"
        )
        op.execute(
            "CREATE TRIGGER audit_records_no_truncate BEFORE TRUNCATE ON audit_records "
            "FOR EACH STATEMENT EXECUTE FUNCTION audit_refuse()"
        )
    else:
        for verb in ("UPDATE", "DELETE"):
            op.execute(
                f"CREATE TRIGGER audit_records_no_{verb.lower()} BEFORE {verb} ON audit_records "
                "BEGIN SELECT RAISE(ABORT, 'audit_records is append-only'); END"
            )


def downgrade() -> None:
    if op.get_bind().dialect.name == "postgresql":
        op.execute("DROP TRIGGER audit_records_append_only ON audit_records")
        op.execute("DROP TRIGGER audit_records_no_truncate ON audit_records")
        op.execute("DROP FUNCTION audit_refuse()")
    op.drop_table('submission_revisions')
    with op.batch_alter_table('step_asides', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_step_asides_user_id'))

    op.drop_table('step_asides')
    with op.batch_alter_table('reviews', schema=None) as batch_op:
        batch_op.drop_index('uq_reviews_one_open', sqlite_where=sa.text("state = 'open'"), postgresql_where=sa.text("state = 'open'"))
        batch_op.drop_index('ix_reviews_reviewer')
        batch_op.drop_index('ix_reviews_queue', sqlite_where=sa.text("state = 'queued'"), postgresql_where=sa.text("state = 'queued'"))
        batch_op.drop_index('ix_reviews_locked_until', sqlite_where=sa.text("state = 'open'"), postgresql_where=sa.text("state = 'open'"))
        batch_op.drop_index('ix_reviews_acts_at', sqlite_where=sa.text("state = 'pending'"), postgresql_where=sa.text("state = 'pending'"))

    op.drop_table('reviews')
    op.drop_table('draft_revisions')
    with op.batch_alter_table('time_entries', schema=None) as batch_op:
        batch_op.drop_index('ix_time_entries_assignment')

    op.drop_table('time_entries')
    with op.batch_alter_table('submissions', schema=None) as batch_op:
        batch_op.drop_index('uq_submissions_one_live', sqlite_where=sa.text("state <> 'undone'"), postgresql_where=sa.text("state <> 'undone'"))
        batch_op.drop_index('ix_submissions_user')
        batch_op.drop_index('ix_submissions_task')
        batch_op.drop_index('ix_submissions_project')
        batch_op.drop_index('ix_submissions_due')

    op.drop_table('submissions')
    op.drop_table('drafts')
    with op.batch_alter_table('task_parts', schema=None) as batch_op:
        batch_op.drop_index('ix_task_parts_user')

    op.drop_table('task_parts')
    with op.batch_alter_table('assignments', schema=None) as batch_op:
        batch_op.drop_index('uq_assignments_one_held', sqlite_where=sa.text("state = 'held'"), postgresql_where=sa.text("state = 'held'"))
        batch_op.drop_index('uq_assignments_one_active', sqlite_where=sa.text("state = 'active'"), postgresql_where=sa.text("state = 'active'"))
        batch_op.drop_index('ix_assignments_user')
        batch_op.drop_index('ix_assignments_task')
        batch_op.drop_index('ix_assignments_project')
        batch_op.drop_index('ix_assignments_deadline', sqlite_where=sa.text("state IN ('active', 'held')"), postgresql_where=sa.text("state IN ('active', 'held')"))

    op.drop_table('assignments')
    with op.batch_alter_table('verifications', schema=None) as batch_op:
        batch_op.drop_index('ix_verifications_credential')

    op.drop_table('verifications')
    with op.batch_alter_table('tasks', schema=None) as batch_op:
        batch_op.drop_index('ix_tasks_project')
        batch_op.drop_index(batch_op.f('ix_tasks_batch_id'))
        batch_op.drop_index('ix_tasks_available', sqlite_where=sa.text("state = 'available'"), postgresql_where=sa.text("state = 'available'"))

    op.drop_table('tasks')
    with op.batch_alter_table('task_imports', schema=None) as batch_op:
        batch_op.drop_index('ix_task_imports_project')

    op.drop_table('task_imports')
    with op.batch_alter_table('payout_searches', schema=None) as batch_op:
        batch_op.drop_index('ix_payout_searches_payout')

    op.drop_table('payout_searches')
    op.drop_table('payout_attempts')
    op.drop_table('guideline_clauses')
    op.drop_table('export_files')
    with op.batch_alter_table('engagements', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_engagements_project_id'))

    op.drop_table('engagements')
    with op.batch_alter_table('earnings', schema=None) as batch_op:
        batch_op.drop_index('ix_earnings_user')
        batch_op.drop_index('ix_earnings_payout')
        batch_op.drop_index('ix_earnings_due')

    op.drop_table('earnings')
    with op.batch_alter_table('project_fundings', schema=None) as batch_op:
        batch_op.drop_index('ix_project_fundings_project')

    op.drop_table('project_fundings')
    with op.batch_alter_table('payouts', schema=None) as batch_op:
        batch_op.drop_index('ix_payouts_user')
        batch_op.drop_index('ix_payouts_state')
        batch_op.drop_index('ix_payouts_run')

    op.drop_table('payouts')
    op.drop_table('guideline_versions')
    with op.batch_alter_table('exports', schema=None) as batch_op:
        batch_op.drop_index('ix_exports_project')

    op.drop_table('exports')
    op.drop_table('expert_specialties')
    with op.batch_alter_table('credentials', schema=None) as batch_op:
        batch_op.drop_index('ix_credentials_state')
        batch_op.drop_index('ix_credentials_expires')
        batch_op.drop_index('ix_credentials_expert')

    op.drop_table('credentials')
    op.drop_table('batches')
    with op.batch_alter_table('applications', schema=None) as batch_op:
        batch_op.drop_index('uq_applications_live', sqlite_where=sa.text("state IN ('received', 'in_screening', 'offered')"), postgresql_where=sa.text("state IN ('received', 'in_screening', 'offered')"))
        batch_op.drop_index('ix_applications_project')
        batch_op.drop_index('ix_applications_offers', sqlite_where=sa.text("state = 'offered'"), postgresql_where=sa.text("state = 'offered'"))
        batch_op.drop_index('ix_applications_expert')

    op.drop_table('applications')
    op.drop_table('user_roles')
    with op.batch_alter_table('sign_ins', schema=None) as batch_op:
        batch_op.drop_index('ix_sign_ins_user')

    op.drop_table('sign_ins')
    op.drop_table('reputations')
    with op.batch_alter_table('projects', schema=None) as batch_op:
        batch_op.drop_index('ix_projects_company')
        batch_op.drop_index('ix_projects_board')

    op.drop_table('projects')
    op.drop_table('payout_runs')
    op.drop_table('payout_accounts')
    with op.batch_alter_table('notices', schema=None) as batch_op:
        batch_op.drop_index('ix_notices_user')
        batch_op.drop_index('ix_notices_unread', sqlite_where=sa.text('read_at IS NULL'), postgresql_where=sa.text('read_at IS NULL'))

    op.drop_table('notices')
    with op.batch_alter_table('members', schema=None) as batch_op:
        batch_op.drop_index('uq_members_now', sqlite_where=sa.text('left_at IS NULL'), postgresql_where=sa.text('left_at IS NULL'))
        batch_op.drop_index(batch_op.f('ix_members_user_id'))

    op.drop_table('members')
    with op.batch_alter_table('invitations', schema=None) as batch_op:
        batch_op.drop_index('uq_invitations_open', sqlite_where=sa.text("state = 'open'"), postgresql_where=sa.text("state = 'open'"))
        batch_op.drop_index('ix_invitations_email')

    op.drop_table('invitations')
    op.drop_table('experts')
    with op.batch_alter_table('deposits', schema=None) as batch_op:
        batch_op.drop_index('ix_deposits_company')

    op.drop_table('deposits')
    op.drop_table('users')
    op.drop_table('schedule_slots')
    with op.batch_alter_table('outbox_messages', schema=None) as batch_op:
        batch_op.drop_index('ix_outbox_messages_due', sqlite_where=sa.text("state = 'due'"), postgresql_where=sa.text("state = 'due'"))

    op.drop_table('outbox_messages')
    op.drop_table('inbox_facts')
    with op.batch_alter_table('failed_sign_ins', schema=None) as batch_op:
        batch_op.drop_index('ix_failed_sign_ins_counter')

    op.drop_table('failed_sign_ins')
    op.drop_table('companies')
    with op.batch_alter_table('audit_records', schema=None) as batch_op:
        batch_op.drop_index('ix_audit_records_subject')
        batch_op.drop_index('ix_audit_records_actor')

    op.drop_table('audit_records')
