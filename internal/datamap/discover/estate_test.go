package discover_test

import (
	"os"
	"path/filepath"
	"testing"

	"tenet/internal/datamap"
)

// estate is a housing system as they are: some keys declared, some only named,
// one table for everybody's notes, and a copy that somebody forgot.
const estate = `
CREATE TABLE tblProperty (PropRef TEXT PRIMARY KEY, UPRN TEXT, Address1 TEXT, PostCode TEXT, HousingOfficerId INTEGER);
CREATE TABLE tblPerson (PersonId INTEGER PRIMARY KEY, Forename TEXT, Surname TEXT, DOB DATE, NINo TEXT, Email TEXT, Mobile TEXT,
	Religion TEXT, Disability TEXT, NextOfKinName TEXT, NextOfKinPhone TEXT, MergedIntoPersonId INTEGER);
CREATE TABLE tblEmployee (EmployeeId INTEGER PRIMARY KEY, FirstName TEXT, LastName TEXT, WorkEmail TEXT, PasswordHash TEXT, PasswordSalt TEXT);
CREATE TABLE tblTenancy (TenancyId INTEGER PRIMARY KEY, TenancyRef TEXT UNIQUE, PropRef TEXT REFERENCES tblProperty, StartDate DATE, EndDate DATE, PreviousTenancyId INTEGER);
CREATE TABLE tblTenancyParty (TenancyId INTEGER, PersonId INTEGER, PartyType TEXT, FromDate DATE, PRIMARY KEY (TenancyId, PersonId));
CREATE TABLE tblRentAccount (AccountNo INTEGER PRIMARY KEY, TenancyId INTEGER NOT NULL, Balance DECIMAL(9,2));
CREATE TABLE tblRentTransaction (Id INTEGER PRIMARY KEY, AccountNo INTEGER, PaidById INTEGER REFERENCES tblPerson(PersonId), Amount DECIMAL(9,2), TransDate DATE);
CREATE TABLE tblRepair (RepairNo INTEGER PRIMARY KEY, PropRef TEXT, ReportedDate DATE, CompletedDate DATE, Description TEXT, TenantName TEXT, TenantPhone TEXT);
CREATE TABLE tblRepairVisit (VisitId INTEGER PRIMARY KEY, RepairNo INTEGER, VisitDate DATE, Operative TEXT);
CREATE TABLE tblGasCertificate (Id INTEGER PRIMARY KEY, PropRef TEXT, IssueDate DATE, LastUpdated DATE);
CREATE TABLE tblNote (NoteId INTEGER PRIMARY KEY, EntityType TEXT, EntityId TEXT, Body TEXT, CreatedBy INTEGER);
CREATE TABLE tblAsbCase (AsbCaseId INTEGER PRIMARY KEY, ComplainantId INTEGER REFERENCES tblPerson(PersonId), AllegedPerpetratorId INTEGER REFERENCES tblPerson(PersonId), CaseOfficerId INTEGER REFERENCES tblEmployee(EmployeeId), Narrative TEXT);
CREATE TABLE tblMessage (Id INTEGER PRIMARY KEY, "From" TEXT, "To" TEXT, Cc TEXT, Subject TEXT, Body TEXT, SentOn TIMESTAMP);
CREATE TABLE tblAppointment (AppointmentId INTEGER PRIMARY KEY, PersonId INTEGER, AsbCaseId INTEGER, StartsAt TIMESTAMP, EndsAt TIMESTAMP);
CREATE TABLE tblAbsence (AbsenceId INTEGER PRIMARY KEY, EmployeeId INTEGER, FromDate DATE, ToDate DATE, Reason TEXT);
CREATE TABLE tblPerson_old (PersonId INTEGER, Forename TEXT, Surname TEXT, DOB DATE);
CREATE TABLE tblStatus (Code TEXT PRIMARY KEY, Description TEXT);
CREATE TABLE tblVehicle (VehicleKey INTEGER, Colour TEXT, OwnerNo INTEGER);
CREATE TABLE schema_migrations (version TEXT);
CREATE VIEW vwTenants AS SELECT Forename, Surname FROM tblPerson;

WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i+1 FROM n WHERE i < 30)
INSERT INTO tblPerson SELECT i*37, 'Ann'||i, 'Lee'||i, '1970-01-01', NULL, 'ann'||i||'@example.org', '07700900'||(100+i), NULL, NULL, NULL, NULL, NULL FROM n;
INSERT INTO tblEmployee SELECT PersonId/37+5000, 'Sol', 'Fry', 'sol@example.org', 'x', 'y' FROM tblPerson WHERE PersonId < 400;
INSERT INTO tblProperty SELECT 'P'||PersonId, '9000', '1 High St', 'LN30 4HD', 5001 FROM tblPerson;
INSERT INTO tblTenancy SELECT PersonId+900000, 'T'||PersonId, 'P'||PersonId, '2020-01-01', NULL, NULL FROM tblPerson;
INSERT INTO tblTenancyParty SELECT PersonId+900000, PersonId, 'Main', '2020-01-01' FROM tblPerson;
INSERT INTO tblTenancyParty SELECT PersonId+900000, PersonId+37, 'Joint', '2020-01-01' FROM tblPerson WHERE PersonId < 300;
INSERT INTO tblTenancyParty SELECT PersonId+900000, PersonId+74, 'Occupant', '2020-01-01' FROM tblPerson WHERE PersonId < 300;
INSERT INTO tblRentAccount SELECT PersonId+70000, PersonId+900000, 0 FROM tblPerson;
INSERT INTO tblRentTransaction SELECT PersonId, PersonId+70000, NULL, 10, '2021-01-01' FROM tblPerson;
INSERT INTO tblRepair SELECT PersonId+40000, 'P'||PersonId, '2021-01-01', NULL, 'The tap in the kitchen drips all night', NULL, NULL FROM tblPerson;
INSERT INTO tblRepairVisit SELECT PersonId, PersonId+40000, '2021-01-02', NULL FROM tblPerson;
INSERT INTO tblNote SELECT PersonId, CASE PersonId%3 WHEN 0 THEN 'Tenancy' WHEN 1 THEN 'Person' ELSE 'Property' END, PersonId, 'Rang to say that all is well', 5001 FROM tblPerson;
INSERT INTO tblMessage SELECT PersonId, 'ann@example.org', 'office@example.org', NULL, 'Hello', 'A letter with some words in it', '2021-01-01 10:00:00' FROM tblPerson;
INSERT INTO tblAbsence SELECT EmployeeId, EmployeeId, '2021-01-01', '2021-01-02', 'Ill with influenza for two days' FROM tblEmployee;
INSERT INTO tblVehicle SELECT PersonId*3, 'red', PersonId FROM tblPerson;
INSERT INTO tblPerson_old SELECT PersonId, Forename, Surname, DOB FROM tblPerson;
`

func estateProposal(t *testing.T) proposal {
	t.Helper()
	return propose(t, "sqlite:"+estateFile(t))
}

func estateFile(t *testing.T) string {
	t.Helper()
	dir := t.TempDir()
	ddl := filepath.Join(dir, "estate.sql")
	if err := os.WriteFile(ddl, []byte(estate), 0o600); err != nil {
		t.Fatal(err)
	}
	load(t, filepath.Join(dir, "estate.sqlite"), ddl)
	return filepath.Join(dir, "estate.sqlite")
}

func TestEstateWhose(t *testing.T) {
	p := estateProposal(t)
	same(t, "people", p.people(), map[string]string{"tblPerson": "customers", "tblPerson_old": "customers", "tblEmployee": "staff"})
	same(t, "owned", p.owned(), fields(`
		tblAbsence(EmployeeId) < tblEmployee
		tblAppointment(AsbCaseId) < tblAsbCase
		tblAppointment(PersonId) < tblPerson
		tblAsbCase(AllegedPerpetratorId) < tblPerson as reported
		tblAsbCase(CaseOfficerId) < tblEmployee as author
		tblAsbCase(ComplainantId) < tblPerson as reporter
		tblNote(CreatedBy) < tblEmployee as author
		tblNote(EntityId) < tblPerson when EntityType=Person
		tblNote(EntityId) < tblTenancy when EntityType=Tenancy
		tblRentAccount(TenancyId) < tblTenancy
		tblRentTransaction(AccountNo) < tblRentAccount
		tblRentTransaction(PaidById) < tblPerson as payer
		tblRepairVisit(RepairNo) < tblRepair
		tblTenancy(TenancyId) < tblTenancyParty
		tblTenancyParty(PersonId) < tblPerson`))

	party := p.Tables["tblTenancyParty"]
	if !party.Bridge || p.Tables["tblAppointment"].Bridge {
		t.Errorf("bridges: %v", p.with(func(t *datamap.Table) bool { return t.Bridge }))
	}
	same(t, "roles", party.OwnedBy[0].Roles, map[datamap.Role][]string{datamap.Subject: {"Main"}, datamap.Joint: {"Joint"}, datamap.Household: {"Occupant"}})
	same(t, "of a code not seen", party.OwnedBy[0].Role, datamap.Contact)

	same(t, "a tenancy before refers", p.referred("tblTenancy"), []string{"PropRef tblProperty", "PreviousTenancyId tblTenancy"})
	same(t, "a merged person refers", p.referred("tblPerson"), []string{"MergedIntoPersonId tblPerson"})
	same(t, "an officer's patch is not the officer's", p.referred("tblProperty"), []string{"HousingOfficerId tblEmployee author"})
	same(t, "refers", p.with(refers), []string{"tblProperty"})
	same(t, "skipped", p.with(skipped), []string{"schema_migrations", "tblStatus", "vwTenants"})
}

func TestEstatePlaces(t *testing.T) {
	p := estateProposal(t)
	at := map[string]string{"PropRef": "PropRef"}
	strip := func(d []datamap.During) []datamap.During {
		for i := range d {
			d[i].Why = ""
		}
		return d
	}
	same(t, "occupies", p.Tables["tblTenancy"].Occupies[0].From+" "+p.Tables["tblTenancy"].Occupies[0].Until, "StartDate EndDate")
	same(t, "repairs", strip(p.Tables["tblRepair"].During), []datamap.During{{Place: "tblProperty", On: at, At: "ReportedDate", Until: "CompletedDate"}})
	same(t, "certificates", strip(p.Tables["tblGasCertificate"].During), []datamap.During{{Place: "tblProperty", On: at, At: "IssueDate"}})
}

func TestEstateColumns(t *testing.T) {
	p := estateProposal(t)
	same(t, "who a person is", p.Tables["tblPerson"].Identifiers, &datamap.Identifiers{Name: datamap.Columns{"Forename", "Surname"}, DOB: "DOB",
		NINO: datamap.Columns{"NINo"}, Email: datamap.Columns{"Email"}, Phone: datamap.Columns{"Mobile"}})
	same(t, "next of kin", p.Tables["tblPerson"].Names, []datamap.Named{{Role: datamap.Contact,
		Identifiers: datamap.Identifiers{Name: datamap.Columns{"NextOfKinName"}, Phone: datamap.Columns{"NextOfKinPhone"}}}})
	same(t, "a tenant written on the job", p.Tables["tblRepair"].Names, []datamap.Named{{Role: datamap.Subject,
		Identifiers: datamap.Identifiers{Name: datamap.Columns{"TenantName"}, Phone: datamap.Columns{"TenantPhone"}}}})
	same(t, "correspondents", p.Tables["tblMessage"].Names, []datamap.Named{
		{Role: datamap.Correspondent, Identifiers: datamap.Identifiers{Email: datamap.Columns{"From"}}},
		{Role: datamap.Correspondent, Identifiers: datamap.Identifiers{Email: datamap.Columns{"To"}}},
		{Role: datamap.Correspondent, Identifiers: datamap.Identifiers{Email: datamap.Columns{"Cc"}}},
	})
	same(t, "a tenancy by its reference", p.Tables["tblTenancy"].Names, []datamap.Named{{Role: datamap.Subject, Identifiers: datamap.Identifiers{Ref: datamap.Columns{"TenancyRef"}}}})
	for table, columns := range map[string][]string{"tblRepair": {"Description"}, "tblNote": {"Body"}, "tblAsbCase": {"Narrative"}, "tblMessage": {"Body"}, "tblAbsence": {"Reason"}} {
		for _, c := range columns {
			if got := p.Tables[table].Columns[c]; got == nil || !got.FreeText {
				t.Errorf("%s.%s is not free text: %+v", table, c, got)
			}
		}
	}
	for _, c := range []string{"PasswordHash", "PasswordSalt"} {
		if got := p.Tables["tblEmployee"].Columns[c]; got == nil || got.Hide == "" {
			t.Errorf("%s is shown: %+v", c, got)
		}
	}
	for column, category := range map[string]string{"Religion": "religion", "Disability": "health"} {
		if got := p.Tables["tblPerson"].Columns[column]; got == nil || got.Kind != "special" || got.Category != category {
			t.Errorf("%s: %+v", column, got)
		}
	}
	if p.Tables["tblPerson_old"].Review == "" {
		t.Error("a copy goes out unreviewed")
	}
	same(t, "a key found in the values", p.Tables["tblVehicle"].Key, datamap.Columns{"VehicleKey"})
	// Numbers that happen to be found among people are a question, not an edge.
	if len(p.Tables["tblVehicle"].OwnedBy) != 0 {
		t.Errorf("owned by coincidence: %+v", p.Tables["tblVehicle"].OwnedBy)
	}
}
