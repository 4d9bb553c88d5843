// Package desk composes the work rooms into what the office does: take a
// system in, map it, index it, find a person, answer a request from receipt to
// release. It is the only room that knows several work rooms at once; the faces
// (command line, console, portal) ask it and add no rules of their own.
//
// A Desk stands on a workspace, one folder:
//
//	tenet.yaml    what this installation is called and which systems it reads
//	notice/       the landlord's notice, which decides how everything is done
//	maps/         one map a source, made for people to edit
//	keys/         the key folder: back it up apart from the rest
//	tenet.db      Tenet's own tables and the ledger
//	index.db      the blind index; may be deleted and built again
//	index.lock/   held by whoever builds the index
//	packs/        sealed drafts
//	holidays.json bank holidays, where they were refreshed
package desk
