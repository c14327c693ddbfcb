"""Pictures that a design may show: those of the operator's own folder, by what they show."""
