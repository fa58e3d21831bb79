"""Sign, seal, hash trees and keys: the only user of the crypto library."""
