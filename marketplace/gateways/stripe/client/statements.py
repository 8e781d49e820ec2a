"""What the provider holds for us and how it moved: the other side of every comparison with the ledger."""

from collections.abc import Iterator
from datetime import datetime

import stripe

from marketplace.gateways.stripe.client.asking import Base, asking, given, id_of, moment
from marketplace.gateways.stripe.states import BalanceLine, BalanceState

PAGE = 100


class Statements(Base):
    """Balance and balance transactions."""

    def read_balance(self) -> BalanceState:
        """What the provider holds for us."""
        with asking():
            balance = self._client.v1.balance.retrieve()
        return BalanceState(
            available={part.currency: part.amount for part in balance.available},
            pending={part.currency: part.amount for part in balance.pending},
        )

    def balance_lines(self, since: datetime) -> Iterator[BalanceLine]:
        """Every movement of our balance made at or after `since`, newest first, page by page."""
        start = int(since.timestamp())
        with asking():
            found = self._client.v1.balance_transactions.list({"created": {"gte": start}, "limit": PAGE})
        while True:
            yield from (_line(line) for line in found.data)
            if not found.has_more:
                return
            with asking():  # the taker may have opened a transaction between two lines
                found = self._client.v1.balance_transactions.list(
                    {"created": {"gte": start}, "limit": PAGE, "starting_after": found.data[-1].id}
                )


def _line(line: stripe.BalanceTransaction) -> BalanceLine:
    return BalanceLine(
        id=line.id,
        type=line.type,
        reporting_category=line.reporting_category,
        amount_minor=line.amount,
        fee_minor=line.fee,
        net_minor=line.net,
        currency=line.currency,
        source_id=id_of(given(line, "source")),
        created_at=moment(line.created),
        available_at=moment(line.available_on),
    )
