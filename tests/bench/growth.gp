# growth.gp - what grew: dir has a NAME.dat for each NAME of series
set terminal pngcairo size 1000,1500 font "DejaVu Sans,10"
set output out
set datafile separator "\t"
set format xy "10^{%T}"
set grid
set key top left samplen 2
grey = "#a0a0a0"
set multiplot layout words(series),2
do for [s in series] {
	file = dir."/".s.".dat"
	set xlabel system("sed -n '1s/^# \\([^\t]*\\).*/\\1/p' '".file."'")
	do for [column = 2:3] {
		unset logscale
		set autoscale
		stats file using column nooutput name "y"
		stats file using 1 nooutput name "x"
		set logscale xy
		set yrange [y_min / 3 : y_max * 3]
		set ylabel column == 2 ? "ns a record" : "MiB"
		# where it would be if it grew as its size does
		plot y_min * x / x_min with lines dt 2 lc rgb grey title "linear", \
		    file using 1:column with linespoints lw 2 pt 7 \
		    lc rgb column == 2 ? "#20609f" : "#9f4020" notitle
	}
}
unset multiplot
