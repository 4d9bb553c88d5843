// Package app wires everything together: it gives the command line its world,
// and the portal and console the desk. It is the one room that may know every
// other.
package app
