-- Larkfield Homes: the housing system. Some keys are declared, and some, as in
-- most systems that have grown for twenty years, only live in column names.

CREATE TABLE block (
    block_id      INTEGER PRIMARY KEY,
    name          VARCHAR(60) NOT NULL,
    town          VARCHAR(40),
    postcode      VARCHAR(8),
    lift          CHAR(1),
    fire_strategy TEXT
);

CREATE TABLE property (
    property_id    INTEGER PRIMARY KEY,
    uprn           VARCHAR(12) NOT NULL UNIQUE,
    address_line_1 VARCHAR(60) NOT NULL,
    address_line_2 VARCHAR(60),
    town           VARCHAR(40),
    postcode       VARCHAR(8) NOT NULL,
    block_id       INTEGER REFERENCES block (block_id),
    property_type  VARCHAR(20),
    bedrooms       INTEGER,
    void_status    CHAR(1) NOT NULL DEFAULT 'L'  -- L let, V void
);

CREATE TABLE person (
    person_id          INTEGER PRIMARY KEY,
    title              VARCHAR(10),
    forename           VARCHAR(40),
    surname            VARCHAR(40) NOT NULL,
    known_as           VARCHAR(40),
    dob                DATE,
    nino               CHAR(9),
    email              VARCHAR(120),
    mobile             VARCHAR(20),
    home_phone         VARCHAR(20),
    gender             CHAR(1),
    ethnicity          VARCHAR(60),
    disability_notes   TEXT,
    preferred_language VARCHAR(30),
    interpreter_needed CHAR(1),
    date_of_death      DATE,
    created_on         DATE
);

CREATE TABLE tenancy_type (
    type_code   CHAR(3) PRIMARY KEY,
    description VARCHAR(60)
);

CREATE TABLE tenancy (
    tenancy_id  INTEGER PRIMARY KEY,
    tenancy_ref VARCHAR(12) NOT NULL UNIQUE,
    property_id INTEGER NOT NULL REFERENCES property (property_id),
    type_code   CHAR(3) REFERENCES tenancy_type (type_code),
    start_date  DATE NOT NULL,
    end_date    DATE,
    end_reason  VARCHAR(60)
);

CREATE TABLE tenancy_party (
    tenancy_id INTEGER NOT NULL REFERENCES tenancy (tenancy_id),
    person_id  INTEGER NOT NULL REFERENCES person (person_id),
    role_code  CHAR(1) NOT NULL,  -- T tenant, J joint tenant, O occupier
    start_date DATE,
    end_date   DATE,
    PRIMARY KEY (tenancy_id, person_id, role_code)
);

CREATE TABLE household (
    household_id   INTEGER PRIMARY KEY,
    tenancy_id     INTEGER NOT NULL REFERENCES tenancy (tenancy_id),
    household_type VARCHAR(40),
    declared_on    DATE
);

CREATE TABLE household_member (
    member_id    INTEGER PRIMARY KEY,
    household_id INTEGER NOT NULL REFERENCES household (household_id),
    person_id    INTEGER,
    forename     VARCHAR(40),
    surname      VARCHAR(40),
    dob          DATE,
    relationship VARCHAR(30),
    moved_in     DATE,
    moved_out    DATE
);

CREATE TABLE rent_account (
    account_id  INTEGER PRIMARY KEY,
    tenancy_id  INTEGER NOT NULL REFERENCES tenancy (tenancy_id),
    account_ref VARCHAR(12) NOT NULL,
    balance     VARCHAR(12),  -- pounds, as text; below zero is owed to us
    pay_method  VARCHAR(20)
);

CREATE TABLE rent_entry (
    entry_id        INTEGER PRIMARY KEY,
    account_id      INTEGER NOT NULL REFERENCES rent_account (account_id),
    entry_date      DATE NOT NULL,
    entry_type      CHAR(3) NOT NULL,
    amount_pence    INTEGER NOT NULL,
    description     VARCHAR(80),
    payer_person_id INTEGER,
    payer_reference VARCHAR(40)
);

CREATE TABLE repair_priority (
    priority_code CHAR(1) PRIMARY KEY,
    description   VARCHAR(40),
    target_days   INTEGER
);

CREATE TABLE repair (
    repair_id             INTEGER PRIMARY KEY,
    property_id           INTEGER NOT NULL,
    reported_on           DATE NOT NULL,
    completed_on          DATE,
    priority_code         CHAR(1),
    reported_by_person_id INTEGER,
    trade                 VARCHAR(20),
    description           TEXT,
    access_notes          TEXT,
    operative             VARCHAR(60),
    cost_pence            INTEGER
);

CREATE TABLE staff (
    staff_id   INTEGER PRIMARY KEY,
    first_name VARCHAR(40),
    last_name  VARCHAR(40),
    job_title  VARCHAR(60),
    team       VARCHAR(40),
    work_email VARCHAR(120),
    work_phone VARCHAR(20),
    started_on DATE,
    left_on    DATE
);

CREATE TABLE app_user (
    user_id       INTEGER PRIMARY KEY,
    staff_id      INTEGER REFERENCES staff (staff_id),
    login         VARCHAR(60) NOT NULL UNIQUE,
    password_hash VARCHAR(100) NOT NULL,
    last_login    DATETIME,
    locked        CHAR(1)
);

CREATE TABLE case_note (
    note_id         INTEGER PRIMARY KEY,
    tenancy_id      INTEGER,
    person_id       INTEGER,
    author_staff_id INTEGER,
    written_on      DATE NOT NULL,
    note_type       VARCHAR(20),
    body            TEXT
);

CREATE TABLE contact (
    contact_id   INTEGER PRIMARY KEY,
    person_id    INTEGER NOT NULL REFERENCES person (person_id),
    contact_name VARCHAR(80),
    relationship VARCHAR(30),
    phone        VARCHAR(20),
    email        VARCHAR(120),
    notes        TEXT
);

CREATE TABLE asb_case (
    case_id              INTEGER PRIMARY KEY,
    case_ref             VARCHAR(12) NOT NULL,
    reporter_person_id   INTEGER REFERENCES person (person_id),
    respondent_person_id INTEGER REFERENCES person (person_id),
    officer_staff_id     INTEGER,
    opened_on            DATE NOT NULL,
    closed_on            DATE,
    category             VARCHAR(30),
    summary              TEXT,
    outcome              VARCHAR(60)
);

CREATE TABLE asb_witness (
    witness_id INTEGER PRIMARY KEY,
    case_id    INTEGER NOT NULL REFERENCES asb_case (case_id),
    person_id  INTEGER,
    taken_on   DATE,
    statement  TEXT
);

CREATE TABLE alert_code (
    alert_code  VARCHAR(8) PRIMARY KEY,
    group_name  VARCHAR(40),
    description VARCHAR(80)
);

CREATE TABLE warning_flag (
    flag_id            INTEGER PRIMARY KEY,
    person_id          INTEGER NOT NULL REFERENCES person (person_id),
    alert_code         VARCHAR(8) REFERENCES alert_code (alert_code),
    reason             TEXT,
    raised_on          DATE,
    raised_by_staff_id INTEGER,
    review_on          DATE,
    person_informed    CHAR(1),
    ended_on           DATE
);

CREATE TABLE complaint (
    complaint_id INTEGER PRIMARY KEY,
    person_id    INTEGER NOT NULL,
    received_on  DATE NOT NULL,
    stage        INTEGER,
    category     VARCHAR(30),
    details      TEXT,
    outcome      VARCHAR(60),
    closed_on    DATE
);

CREATE TABLE consent (
    consent_id   INTEGER PRIMARY KEY,
    person_id    INTEGER NOT NULL REFERENCES person (person_id),
    purpose      VARCHAR(60),
    given_on     DATE,
    withdrawn_on DATE,
    channel      VARCHAR(20)
);

CREATE TABLE disclosure_log (
    log_id    INTEGER PRIMARY KEY,
    person_id INTEGER NOT NULL,
    recipient VARCHAR(80),
    sent_on   DATE,
    what      VARCHAR(120),
    reason    VARCHAR(120),
    staff_id  INTEGER
);

CREATE TABLE damp_survey (
    survey_id   INTEGER PRIMARY KEY,
    property_id INTEGER NOT NULL,
    surveyed_on DATE NOT NULL,
    surveyor    VARCHAR(60),
    severity    VARCHAR(10),
    findings    TEXT
);

CREATE TABLE sensor_reading (
    reading_id    INTEGER PRIMARY KEY,
    property_id   INTEGER NOT NULL,
    room          VARCHAR(20),
    read_at       DATETIME NOT NULL,
    temperature_c REAL,
    humidity_pct  INTEGER
);

-- Made by hand before an upgrade, and never dropped.
CREATE TABLE tenancy_bak_2019 (
    tenancy_id  INTEGER,
    tenancy_ref VARCHAR(12),
    tenant_name VARCHAR(80),
    property_id INTEGER,
    start_date  DATE,
    weekly_rent VARCHAR(10)
);

INSERT INTO tenancy_type VALUES
    ('AST', 'Assured shorthold'), ('ASS', 'Assured'), ('SEC', 'Secure'), ('STA', 'Starter'), ('LIC', 'Licence');
INSERT INTO repair_priority VALUES
    ('E', 'Emergency', 1), ('U', 'Urgent', 5), ('R', 'Routine', 28), ('P', 'Planned', 90);
INSERT INTO alert_code VALUES
    ('10', 'Visiting', 'Do not visit alone'), ('20-10', 'Health', 'Hard of hearing'),
    ('20-30', 'Health', 'Long-term illness'), ('20-50', 'Health', 'Uses a wheelchair'),
    ('20-70', 'Health', 'Safeguarding concern'), ('30', 'Access', 'Often misses appointments'),
    ('40', 'Language', 'Needs an interpreter'), ('50', 'Access', 'Asks for a woman or a man to call');
