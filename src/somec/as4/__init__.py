"""eDelivery AS4 1.15 messages, One-Way/Push: build, sign, encrypt; parse, decrypt, verify; receipts and error signals.

Pure: no database, no network, no Django; safe to use from many threads. What others use:

``somec.as4.message``    ``PartyId Party Service AgreementRef Property PartInfo UserMessage Part Reference``,
                         ``new_message_id(domain)``, ``TEST_SERVICE``, ``TEST_ACTION``: all frozen
``somec.as4.octets``     ``Octets``: payload or message in memory or in a temporary file
                         (``Octets.of(bytes)``, ``Octets.from_path(path)``, ``.size .chunks() .read() .close()``)
``somec.as4.pmode``      ``PMode, Limits, LocalKeys, Peer, Terms, select(pmodes, message)``
``somec.as4.sending``    ``build(message, parts, *, pmode, keys, peer, at=None) -> Outgoing``
                         (``message_id, message, content_type, body: Octets, references``)
``somec.as4.receiving``  ``open_message(content_type, body, *, resolve, limits=..., at=None) -> Received``
                         (``message, parts, references, signer, terms, is_test, soap``);
                         ``resolve(UserMessage) -> Terms``
``somec.as4.signals``    ``build_receipt(received, *, keys, at=None) -> Signal``,
                         ``build_error(errors, *, keys=None, ref_to_message_id=None, at=None) -> Signal``,
                         ``read_response(body, content_type="") -> Receipt | ErrorSignal | SoapFault | None``,
                         ``check_receipt(receipt, *, message_id, references, pmode, peer, at=None)``
                         (``Signal``: ``message_id, content_type, body: bytes``)
``somec.as4.errors``     ``As4Error``: ``.ebms`` (``code, name, severity, category``), ``.ref_to_message_id``
``somec.as4.inspection`` ``inspect(file octets, ...) -> dict``: read any recording, judge all of it, never raise

A receiver's turn: ``open_message``; look the MessageId up (a duplicate gets its stored receipt again); store message
and ``build_receipt`` in one transaction; answer with the receipt. On ``As4Error`` answer with ``build_error([error])``.
A sender's turn: ``build`` once; store body and references; send these same octets until ``read_response`` gives a
receipt that ``check_receipt`` accepts.
"""
